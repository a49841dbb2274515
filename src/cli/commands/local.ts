import type { Command } from 'commander';
import { wholeNumber } from './numbers.js';
import type { RunCommand } from './run-command.js';

/** What runs on this machine: pages to look at, and servers to try things out. */
export function addLocal(program: Command, run: RunCommand): void {
  addSimulator(program, run);
  addEngines(program, run);
  addDashboard(program, run);
  addDemo(program, run);
}

function addSimulator(program: Command, run: RunCommand): void {
  const simulator = program
    .command('simulator')
    .description('stand-in for both marketplaces; prints the settings that point at it')
    .option('--port <number>', 'TCP port on 127.0.0.1; 0: any free one', wholeNumber(0, 65_535), 0)
    .option('--products <number>', 'products on each marketplace', wholeNumber(0, 1_000_000), 1000)
    .option('--seed <number>', 'the same seed gives the same shop', wholeNumber(0, 2 ** 31 - 1), 1);
  simulator.action(() =>
    run('simulator', async () => (await import('../simulator.js')).simulator, simulator.optsWithGlobals()),
  );
}

function addEngines(program: Command, run: RunCommand): void {
  const engines = program
    .command('engines')
    .description('a real Kafka and a real MySQL on this machine, without Docker');
  const dir = ['--dir <folder>', 'their data folder; default: .engines/dev in the install folder'] as const;
  const up = engines
    .command('up')
    .description('start them; prints the settings that point at them')
    .option(...dir);
  up.action(() =>
    run('engines-up', async () => (await import('../engines.js')).enginesUpCommand, up.optsWithGlobals()),
  );
  const down = engines
    .command('down')
    .description('stop what was started here, and only that; data stay')
    .option(...dir)
    .option('--wipe', 'remove the data too');
  down.action(() =>
    run(
      'engines-down',
      async () => (await import('../engines.js')).enginesDownCommand,
      down.optsWithGlobals(),
    ),
  );
  const status = engines
    .command('status')
    .description('what runs, and where')
    .option(...dir);
  status.action(() =>
    run(
      'engines-status',
      async () => (await import('../engines.js')).enginesStatusCommand,
      status.optsWithGlobals(),
    ),
  );
}

function addDashboard(program: Command, run: RunCommand): void {
  const dashboard = program
    .command('dashboard')
    .description('pages to see and steer it all, on DASHBOARD_HOST and DASHBOARD_PORT, until stopped');
  dashboard.action(() =>
    run('dashboard', async () => (await import('../dashboard.js')).dashboard, dashboard.optsWithGlobals()),
  );
}

function addDemo(program: Command, run: RunCommand): void {
  const demo = program
    .command('demo')
    .description('the whole pipe on this machine, with invented marketplaces; stays up until Ctrl-C')
    .option('--once', 'end when everything has been shown')
    .option('--no-open', 'do not open the dashboard in the browser of this desktop');
  demo.action(() => run('demo', async () => (await import('../demo.js')).demo, demo.optsWithGlobals()));
}
