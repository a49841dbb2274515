import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder, testEngines } from '../../support/engines.js';
import { Pipeline } from '../../support/pipeline.js';

const root = join(import.meta.dirname, '..', '..', '..');
const TOKEN = 'a-token-of-the-test-0815';

/** The command as it stands in the sources. */
function start(env: Readonly<Record<string, string>>, folder: string) {
  writeFileSync(join(folder, 'empty.env'), '', { mode: 0o600 });
  const args = [
    '--import',
    'tsx',
    join(root, 'src/cli/index.ts'),
    '--env-file',
    join(folder, 'empty.env'),
    'dashboard',
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, LOCALE: 'en', LOG_LEVEL: 'warn', ...env },
  });
  let said = '';
  let told: () => void = () => undefined;
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    told();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    ended,
    said: () => said,
    async says(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(said);
        if (found !== null) return found;
        const more = new Promise<'more'>((resolve) => {
          told = () => resolve('more');
        });
        if ((await Promise.race([more, ended])) !== 'more') throw new Error(`it ended: ${said}`);
      }
    },
  };
}

describe('inventory-sync dashboard', () => {
  let pipe: Pipeline;
  let folder: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    pipe = await Pipeline.start('dashcli');
    folder = scratchFolder('dashcli');
    const { host, port, database, user, password } = pipe.database;
    env = {
      ...{ DB_HOST: host, DB_PORT: String(port), DB_NAME: database, DB_USER: user, DB_PASSWORD: password },
      KAFKA_BROKERS: testEngines().kafka.brokers,
      KAFKA_TOPIC_PREFIX: pipe.prefix,
      DASHBOARD_PORT: '0',
    };
  });
  afterAll(() => pipe?.close());

  it('serves pages, the read API and its health until it is told to stop', async () => {
    const command = start({ ...env, DASHBOARD_TOKEN: TOKEN }, folder);
    const [, url = ''] = await command.says(/The dashboard is at (\S+)/);
    const page = await fetch(`${url}/`);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining('Nothing has been read yet'),
    ]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('# TYPE');
    expect((await fetch(`${url}/api/v1/openapi.json`)).status).toBe(401);
    const bearer = { headers: { authorization: `Bearer ${TOKEN}` } };
    expect((await fetch(`${url}/api/v1/openapi.json`, bearer)).status).toBe(200);
    command.child.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(command.said()).not.toContain(TOKEN);
  });

  it('refuses an address that others reach where there is no token, with the remedy', async () => {
    const command = start({ ...env, DASHBOARD_HOST: '0.0.0.0' }, folder);
    expect(await command.ended).toBe(2);
    expect(command.said()).toContain('set DASHBOARD_TOKEN');
  });

  it('says which port is taken, and what to do', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const command = start({ ...env, DASHBOARD_PORT: String(port) }, folder);
    expect(await command.ended).toBe(1);
    expect(command.said()).toContain(`cannot listen on 127.0.0.1:${port}`);
    expect(command.said()).toContain('DASHBOARD_PORT');
    await new Promise((resolve) => taken.close(resolve));
  });
});
