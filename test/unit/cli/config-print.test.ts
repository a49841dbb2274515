import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseEnv } from '../../../config/dotenv.js';
import { loadConfig } from '../../../config/load.js';
import { SETTINGS } from '../../../config/schema.js';
import { withoutLikelySecrets } from '../../../config/secret-looks.js';
import { configPrint } from '../../../src/cli/config.js';
import { CommandContext } from '../../../src/cli/context.js';
import { redact } from '../../../src/ops/secrets.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inventory-sync-print-'));
  for (const { env } of SETTINGS) vi.stubEnv(env, '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
}

async function print(envFile: string, options: Record<string, unknown> = {}) {
  let stdout = '';
  let stderr = '';
  const context = new CommandContext({
    command: 'config-print',
    envFile,
    stdout: { write: (text) => void (stdout += text) },
    stderr: { write: (text) => void (stderr += text) },
  });
  const code = await configPrint(options, context);
  context.dispose();
  return { code, stdout, stderr };
}

describe('config print', () => {
  it('shows every setting in the form of .env, and where it comes from', async () => {
    const key = file('ozon.key', 'planted-ozon-key\n');
    const path = file(
      '.env',
      [
        'LOCALE=en',
        'DB_PASSWORD=planted-password',
        `OZON_API_KEY_FILE=${key}`,
        'OZON_WAREHOUSE_ID=1, 2',
        'OZON_PATHS=roles=/v2/roles',
        "SMTP_FROM='Склад <stock@mail.example>'",
      ].join('\n'),
    );
    vi.stubEnv('DB_PORT', '3307');
    vi.stubEnv('WB_API_KEY', 'planted-wb-token');
    const { code, stdout, stderr } = await print(path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('planted');
    const lines = stdout.split('\n').map((line) => line.replace(/ +# /, ' # '));
    expect(lines).toEqual(
      expect.arrayContaining([
        `# .env: ${path}`,
        'DB_HOST=127.0.0.1 # default',
        'DB_PORT=3307 # environment',
        `DB_PASSWORD=*** # ${path}:2`,
        `OZON_API_KEY=*** # ${path}:3 → ${key}`,
        'WB_API_KEY=*** # environment',
        `OZON_WAREHOUSE_ID=1,2 # ${path}:4`,
        `OZON_PATHS=roles=/v2/roles # ${path}:5`,
        'DASHBOARD_TOKEN= # default',
      ]),
    );
    const { entries, problems } = parseEnv(stdout);
    expect(problems).toEqual([]);
    expect([...entries.keys()]).toEqual(SETTINGS.map(({ env }) => env));
    expect(entries.get('SMTP_FROM')?.value).toBe('Склад <stock@mail.example>');
  });

  it('is one JSON document with --json, with the same values and sources', async () => {
    const path = file('.env', 'DB_PASSWORD=3306\nKAFKA_BROKERS=a:1,b:2\n', 0o644);
    const { code, stdout, stderr } = await print(path, { json: true });
    expect(code).toBe(0);
    expect(stderr).toContain(`chmod 600 '${path}'`);
    const { envFile, warnings, settings } = JSON.parse(stdout) as {
      envFile: string;
      warnings: string[];
      settings: { name: string; value: unknown; source: unknown }[];
    };
    expect([envFile, warnings.length]).toEqual([path, 1]);
    const of = (name: string) => settings.find((setting) => setting.name === name);
    expect(of('DB_PASSWORD')).toMatchObject({
      value: '***',
      source: { origin: 'file', file: path, line: 1 },
    });
    expect(of('KAFKA_BROKERS')).toMatchObject({ value: ['a:1', 'b:2'] });
    expect(of('WB_PATHS')).toMatchObject({ value: {}, source: { origin: 'default' } });
    expect(of('SMTP_HOST')).toMatchObject({ value: null });
    expect(of('DB_PORT')).toMatchObject({ value: '***' });
  });

  it('shows of secret addresses the host alone, and nothing of them anywhere else', async () => {
    const uuid = '5c1bd3a0-7777-4888-9999-0a1b2c3d4e5f';
    const lines = [
      `PING_URL=https://hc.example/ping/${uuid}`,
      `SCHEDULE_PING_URL=https://hc.example/api/push/AbCdEf1234?status=up`,
      'TELEGRAM_PROXY=http://loader:plAnted%2Fword@proxy.example:3128',
      'TELEGRAM_BOT_TOKEN=1:plAnted',
      'TELEGRAM_CHAT_ID=5',
      `WEBHOOK_URL=https://hooks.example/services/T00/B00/plAntedplAnted16`,
      'WEBHOOK_SECRET=plAnted-signature',
    ];
    const path = file('.env', lines.join('\n'));
    for (const options of [{}, { json: true }]) {
      const { stdout } = await print(path, options);
      expect(stdout).not.toMatch(/plAnted|5c1bd3a0|AbCdEf1234|loader/);
      for (const host of [
        'https://hc.example/***',
        'http://proxy.example:3128/***',
        'https://hooks.example/***',
      ])
        expect(stdout).toContain(host);
    }
    // What a client quotes of them: a part, or the password as it was typed.
    const { secrets } = loadConfig({ envFile: path, env: {} });
    const said = `GET /ping/${uuid}/start, /services/T00/B00/plAntedplAnted16, api/push/AbCdEf1234, plAnted/word`;
    expect(redact(said, secrets)).not.toMatch(/plAnted|5c1bd3a0|AbCdEf1234/);
  });

  it('masks before the settings are read whatever is a secret by its name', () => {
    for (const { env } of SETTINGS.filter(({ sensitive }) => sensitive))
      expect(withoutLikelySecrets('a planted word', { [env]: 'planted' })).toBe('a *** word');
  });

  it('speaks Russian unless told otherwise', async () => {
    const { stdout } = await print(file('.env', ''));
    expect(stdout).toMatch(/^DB_PORT=3306 +# по умолчанию$/m);
  });

  it('refuses settings that are wrong instead of printing some of them', async () => {
    await expect(print(file('.env', 'DB_PORT=x\n'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
