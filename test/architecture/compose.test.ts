import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../config/schema.js';
import { commandLine } from '../../src/cli/command-line.js';
import { Heartbeat } from '../../src/ops/heartbeat.js';

// What docker-compose.yml and the Dockerfile name must be there: commands, settings, services, volumes, files.
const root = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart?: string;
  readonly container_name?: string;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === 'inventory-sync');
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const known = new Set(SETTINGS.flatMap(({ env, sensitive }) => (sensitive ? [env, `${env}_FILE`] : [env])));

/** What of a command line the program does not know. */
async function refusal(words: readonly string[]): Promise<string | undefined> {
  const silence = (command: Command): void => {
    command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined }).exitOverride();
    for (const inner of command.commands) silence(inner);
  };
  let ran: string | undefined;
  const program = commandLine(async (name) => {
    ran = name;
  });
  silence(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return ran === undefined ? 'runs nothing' : undefined;
  } catch (error) {
    return String(error);
  }
}

describe('docker-compose.yml', () => {
  it('has everything that is needed, and what is needed to see it', () => {
    expect(services.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'kafka',
        'mysql',
        'mailpit',
        'migrate',
        'topics',
        'worker',
        'scheduler',
        'dashboard',
      ]),
    );
    expect(ours.map(([name]) => name)).not.toContain('kafka');
  });

  it.each(ours)('%s runs a command of ours', async (_, { command = [] }) => {
    expect(await refusal(command)).toBeUndefined();
  });

  it.each(ours)('%s has settings of ours only', (_, { environment = {}, env_file }) => {
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
    expect(env_file).toBe('.env');
  });

  it('asks .env only for names that are there', () => {
    const named = [...read('docker-compose.yml').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(services)('%s waits for what it needs, until that is as far as it must be', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const needed = compose.services[name];
      expect(needed).toBeDefined();
      // A server is waited for until it is healthy, a one-shot until it has done its work.
      const isServer = needed?.restart !== undefined;
      expect(condition).toBe(isServer ? 'service_healthy' : 'service_completed_successfully');
      if (isServer) expect(needed?.healthcheck?.test.length).toBeGreaterThan(1);
    }
  });

  it('workers can be many: no fixed name, no port of the host', () => {
    const { worker } = compose.services;
    expect([worker?.container_name, worker?.ports, worker?.volumes]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(worker?.restart).toBe('unless-stopped');
  });

  it.each([
    ['worker', 50],
    ['scheduler', 600],
  ] as const)(
    '%s is healthy while it touches its file, and not when it has not for long',
    (name, seconds) => {
      const { healthcheck, environment, command = [] } = compose.services[name] ?? {};
      const folder = mkdtempSync(join(tmpdir(), 'alive-'));
      try {
        const [kind, script = ''] = healthcheck?.test ?? [];
        expect(kind).toBe('CMD-SHELL');
        const here = script
          .replaceAll('$$', () => '$')
          .replaceAll(`${environment?.HEARTBEAT_PATH}/`, () => `${folder}/`);
        const isHealthy = () => spawnSync('/bin/sh', ['-c', here], { encoding: 'utf8' }).status === 0;
        expect(isHealthy()).toBe(false);
        new Heartbeat(folder, command[0] ?? '', silent).beat();
        expect(isHealthy()).toBe(true);
        const [file = ''] = readdirSync(folder);
        const ago = (age: number) =>
          utimesSync(join(folder, file), Date.now() / 1000 - age, Date.now() / 1000 - age);
        ago(seconds);
        expect(isHealthy()).toBe(true);
        ago(2 * seconds + 30);
        expect(isHealthy()).toBe(false);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('shows the dashboard to this machine only, asks for a token, and looks at its health', async () => {
    const { dashboard } = compose.services;
    expect(dashboard?.environment?.DASHBOARD_TOKEN).toMatch(/^\$\{DASHBOARD_TOKEN:\?/);
    const { DASHBOARD_HOST: host, DASHBOARD_PORT: port = '' } = dashboard?.environment ?? {};
    expect([host, dashboard?.ports]).toEqual(['0.0.0.0', [`127.0.0.1:${port}:${port}`]]);
    const [kind, node = '', ...args] = dashboard?.healthcheck?.test ?? [];
    expect([kind, node]).toEqual(['CMD', 'node']);
    let status = 200;
    const server = createServer(({ url }, answer) =>
      answer.writeHead(url === '/healthz' ? status : 404).end(),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const here = String((server.address() as AddressInfo).port);
      const exitCode = async () => {
        const script = args.map((word) => word.replaceAll(`:${port}/`, `:${here}/`));
        const [code] = (await once(spawn(process.execPath, script, { stdio: 'ignore' }), 'close')) as [
          number,
        ];
        return code;
      };
      expect(await exitCode()).toBe(0);
      status = 503;
      expect(await exitCode()).toBe(1);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      expect(await exitCode()).toBe(1);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('opens ports to this machine only', () => {
    for (const port of services.flatMap(([, { ports = [] }]) => ports))
      expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services)('%s mounts volumes and files that are there', (_, { volumes = [] }) => {
    for (const volume of volumes) {
      const [from = '', to = ''] = volume.split(':');
      expect(to).toMatch(/^\//);
      if (from.startsWith('.')) expect(statSync(join(root, from)).isFile()).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(from);
    }
  });

  it('brings one-shot services to one run, and keeps the rest up', () => {
    const restarted = services
      .filter(([, { restart }]) => restart === 'unless-stopped')
      .map(([name]) => name);
    expect(restarted.sort()).toEqual(['dashboard', 'kafka', 'mailpit', 'mysql', 'scheduler', 'worker']);
    const onRequest = services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name);
    expect(onRequest.sort()).toEqual(['monitor', 'sync']);
  });

  const tool = spawnSync('sh', ['-c', 'command -v docker-compose'], { encoding: 'utf8' }).stdout.trim();
  it.skipIf(tool === '')(
    'satisfies docker-compose config -q (skipped where docker-compose is not installed)',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'compose-'));
      try {
        copyFileSync(join(root, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
        cpSync(join(root, 'ops'), join(folder, 'ops'), { recursive: true });
        const { DB_PASSWORD: _a, DB_ADMIN_PASSWORD: _b, DASHBOARD_TOKEN: _c, ...env } = process.env;
        const config = () => spawnSync(tool, ['config', '-q'], { cwd: folder, env, encoding: 'utf8' });
        writeFileSync(join(folder, '.env'), read('.env.example'));
        const bare = config();
        expect(bare.status).not.toBe(0);
        expect(bare.stderr).toMatch(/set (?:DB_(?:ADMIN_)?PASSWORD|DASHBOARD_TOKEN) in \.env/);
        writeFileSync(
          join(folder, '.env'),
          read('.env.example').replace(/^(DB_PASSWORD|DB_ADMIN_PASSWORD|DASHBOARD_TOKEN)=$/gm, '$1=word'),
        );
        expect(config()).toMatchObject({ status: 0, stdout: '' });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const stages = lines.reduce<string[][]>((all, line) => {
    if (line.startsWith('FROM ')) all.push([]);
    all.at(-1)?.push(line);
    return all;
  }, []);
  const ignored = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '');
  const last = stages.at(-1) ?? [];

  it('knows only instructions that Docker knows', () => {
    const instructions = /^(?:FROM|WORKDIR|COPY|RUN|ENV|USER|ENTRYPOINT|CMD) \S/;
    expect(lines.filter((line) => !instructions.test(line))).toEqual([]);
  });

  it('builds apart from what runs, and runs as nobody of importance', () => {
    expect(stages).toHaveLength(2);
    expect(last.findLast((line) => line.startsWith('USER '))).toBe('USER node');
    expect(last.indexOf('USER node')).toBeGreaterThan(last.findLastIndex((line) => line.startsWith('RUN ')));
  });

  it('is built on a Node that the program runs on', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const least = Number(/\d+/.exec(engines.node)?.[0]);
    for (const [from = ''] of stages)
      expect(Number(/^FROM node:(\d+)/.exec(from)?.[1])).toBeGreaterThanOrEqual(least);
  });

  it('copies what is there, or what the build makes, and nothing that .dockerignore keeps out', () => {
    const [build = []] = stages;
    const sources = (line: string) =>
      line
        .split(' ')
        .slice(1, -1)
        .filter((word) => !word.startsWith('--'));
    const fromHere = build.filter((line) => line.startsWith('COPY ')).flatMap(sources);
    for (const name of fromHere) {
      expect(existsSync(join(root, name))).toBe(true);
      expect(ignored).not.toContain(name);
    }
    const made = ['/app/dist', '/app/node_modules'];
    for (const name of last.filter((line) => line.startsWith('COPY --from=build')).flatMap(sources)) {
      if (!made.includes(name)) expect(existsSync(join(root, name.replace('/app/', '')))).toBe(true);
    }
    for (const needed of ['src', 'config', 'migrations', 'engines', 'ops', 'tsconfig.build.json', '.npmrc'])
      expect(ignored).not.toContain(needed);
    for (const secret of ['.env', 'node_modules', 'dist']) expect(ignored).toContain(secret);
  });

  it('runs npm scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...lines.join('\n').matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name);
    expect(named).not.toEqual([]);
    for (const name of named) expect(scripts).toHaveProperty(name);
  });

  it('starts the program that package.json names, with a command of ours', async () => {
    const { bin } = JSON.parse(read('package.json')) as { bin: Record<string, string> };
    const list = (name: string) =>
      JSON.parse(last.find((line) => line.startsWith(name))?.slice(name.length) ?? '[]') as string[];
    expect(list('ENTRYPOINT ')).toEqual(['node', `/app/${bin['inventory-sync']}`]);
    expect(await refusal(list('CMD '))).toBeUndefined();
    expect(last).toContain('WORKDIR /app');
    const state = compose.services.scheduler?.environment?.SCHEDULE_STATE_PATH ?? '?';
    expect(last.some((line) => line.startsWith('RUN install ') && line.endsWith(` ${state}`))).toBe(true);
  });
});
