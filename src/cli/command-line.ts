import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { withoutLikelySecrets } from '../../config/secret-looks.js';
import type { CommandContext } from './context.js';
import { anyDuration, isoDuration } from './monitor/duration.js';
import { pointInTime } from './replay/point-in-time.js';
import { localeOf, WORDS } from './words.js';

/** A command: answers its exit code, or throws what is then told and judged by its code. */
export type CommandModule = (options: Record<string, unknown>, context: CommandContext) => Promise<number>;

/** Loads the command's module only when it is to run: asking for help must not load Kafka and database clients. */
export type RunCommand = (
  name: string,
  load: () => Promise<CommandModule>,
  options: Record<string, unknown>,
) => Promise<void>;

const FULL_RESYNC =
  'read catalogues and stock whole, however fresh they are, and compare every row with the tables themselves';

/** All commands and their options. Every new command is one more `add…` here and one module beside it. */
export function commandLine(run: RunCommand): Command {
  const program = new Command('inventory-sync')
    .description(
      'One true picture of your stock on Ozon and Wildberries: polled, streamed through Kafka into MySQL.',
    )
    .version(packageVersion())
    .option(
      '--env-file <path>',
      'settings file; default: .env in the working folder, then in the install folder',
    )
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(localised(text)) })
    .showHelpAfterError(false);
  addSync(program, run);
  addWorker(program, run);
  addSchedule(program, run);
  addMonitor(program, run);
  addCheck(program, run);
  addTestEmail(program, run);
  addTestChannel(program, run);
  addConfig(program, run);
  addMigrate(program, run);
  addTopics(program, run);
  addDlq(program, run);
  addReplay(program, run);
  addLag(program, run);
  addSimulator(program, run);
  addEngines(program, run);
  addDemo(program, run);
  return program;
}

function addSync(program: Command, run: RunCommand): void {
  const sync = program
    .command('sync')
    .description('read the stock, publish it, and return when it is applied to the tables and published')
    .addOption(
      new Option('--source <name>', 'which marketplace')
        .choices(['all', 'ozon', 'wb', 'wildberries'])
        .default('all'),
    )
    .option('--full-resync', FULL_RESYNC)
    .option(
      '--accept-absences',
      'what is missing is really gone; releases a held read; only with --full-resync',
    )
    .option(
      '--test-mode',
      'read, and show what would change; write nothing: no Kafka, no tables but the count of requests',
    )
    .option('--no-wait', 'return as soon as everything read is in Kafka')
    .option('--json', 'one JSON document on stdout');
  sync.action(() => run('sync', async () => (await import('./sync.js')).sync, sync.optsWithGlobals()));
}

function addWorker(program: Command, run: RunCommand): void {
  const worker = program
    .command('worker')
    .description('run the stream consumers until stopped; start as many as you like')
    .option('--only <names>', 'some of projector,anomaly,mailer');
  worker.action(() =>
    run('worker', async () => (await import('./worker.js')).worker, worker.optsWithGlobals()),
  );
}

function addSchedule(program: Command, run: RunCommand): void {
  const schedule = program
    .command('schedule')
    .description('go by the timetable until stopped: sync, full resync, health, weekly report')
    .addOption(
      new Option('--profile <name>', 'which timetable; default: SCHEDULE_PROFILE').choices([
        'default',
        'high-load',
        'low-resource',
        'split',
      ]),
    )
    .addOption(
      new Option('--print <what>', 'print files for others to go by it, and end').choices([
        'crontab',
        'systemd',
        'logrotate',
      ]),
    )
    .option('--user <name>', 'with --print: the user that everything runs as; default: the one who prints')
    .option('--out <folder>', 'with --print systemd: write the files there instead of to stdout')
    .option('--workers <number>', 'with --print systemd: how many workers', wholeNumber(0, 99), 1)
    .option('--engines [folder]', 'with --print systemd: units of the Kafka and MySQL of `engines up` too');
  schedule.action(() =>
    run('schedule', async () => (await import('./schedule.js')).schedule, schedule.optsWithGlobals()),
  );
}

function addMonitor(program: Command, run: RunCommand): void {
  const monitor = program
    .command('monitor')
    .description(
      'how things are, what was noticed, and what to do about it; takes exactly one of its options',
    )
    .option('--health-check', 'look at every part; ends with 0 (fine), 1 (degraded) or 2 (down)')
    .option('--check-last-sync', 'how old the data is and how the last run ended; ends with 0, 1 or 2')
    .option('--detect-anomalies', 'what the rules say, or would have said, since --since (30 days)')
    .option('--weekly-report', 'mail what happened since --since (7 days), with a chart and a table')
    .option('--alerts', 'the alerts that are open, with their fingerprints')
    .option('--mute <fingerprint>', 'tell nothing of this alert for the time that --for names')
    .option('--unmute <fingerprint>', 'tell of it again')
    .option('--acknowledge <fingerprint>', 'seen: it is not repeated while it is open')
    .option('--low-stock <article=pieces>', 'when this product is low on stock; `article=` removes that')
    .option('--for <duration>', 'with --mute: 30m, 2h, 7d or PT12H', anyDuration)
    .option('--since <duration>', 'how far back: P30D, PT12H, P2W', isoDuration)
    .option('--print', 'with --weekly-report: to stdout instead of by mail')
    .option('--json', 'one JSON document on stdout');
  monitor.action(() =>
    run('monitor', async () => (await import('./monitor.js')).monitor, monitor.optsWithGlobals()),
  );
}

function addCheck(program: Command, run: RunCommand): void {
  const check = program
    .command('check')
    .description('try the marketplaces, the database, Kafka and the mail server with the present settings');
  check.action(() => run('check', async () => (await import('./check.js')).check, check.optsWithGlobals()));
}

function addTestEmail(program: Command, run: RunCommand): void {
  const test = program
    .command('test-email')
    .description('send one real mail to ALERT_EMAIL and print what the server says');
  test.action(() =>
    run('test-email', async () => (await import('./test-email.js')).testEmail, test.optsWithGlobals()),
  );
}

function addTestChannel(program: Command, run: RunCommand): void {
  const test = program
    .command('test-channel')
    .description('send one real message over another channel and print what the receiver says')
    .addArgument(new Argument('<channel>', 'which').choices(['telegram', 'max', 'webhook']));
  test.action((channel: string) =>
    run('test-channel', async () => (await import('./test-channel.js')).testChannel, {
      ...test.optsWithGlobals(),
      channel,
    }),
  );
}

function addConfig(program: Command, run: RunCommand): void {
  const print = program
    .command('config')
    .description('the settings')
    .command('print')
    .description('every setting as it is in force and where it comes from; secrets are masked')
    .option('--json', 'one JSON document on stdout');
  print.action(() =>
    run('config-print', async () => (await import('./config.js')).configPrint, print.optsWithGlobals()),
  );
}

function addMigrate(program: Command, run: RunCommand): void {
  const migrate = program
    .command('migrate')
    .description('bring the database up to this version (DB_ADMIN_USER, else DB_USER)')
    .option('--adopt', 'rename tables that are not ours and have our names aside')
    .option('--print-sql', 'print the SQL for a DBA, change nothing');
  migrate.action(() =>
    run('migrate', async () => (await import('./migrate.js')).migrateCommand, migrate.optsWithGlobals()),
  );
}

function addTopics(program: Command, run: RunCommand): void {
  const topics = program.command('topics').description('the Kafka topics');
  const create = topics.command('create').description('make missing topics, put their settings right');
  create.action(() =>
    run('topics-create', async () => (await import('./topics.js')).topicsCreate, create.optsWithGlobals()),
  );
  const adopt = topics
    .command('adopt')
    .description('go on with topics that were truncated or made anew; shows what would be done')
    .option(
      '--partitions <numbers>',
      'these of the raw topic too, although their offsets fit: it was made anew',
    )
    .option('--execute', 'do it');
  adopt.action(() =>
    run('topics-adopt', async () => (await import('./topics.js')).topicsAdopt, adopt.optsWithGlobals()),
  );
}

function addLag(program: Command, run: RunCommand): void {
  const lag = program
    .command('lag')
    .description('how far each group has come in each partition, and how long what waits has been waiting')
    .option('--group <name>', 'another group instead of ours')
    .option('--topic <name>', 'with --group: the topic that it reads; default: stock-changes')
    .option('--watch', 'again every two seconds, until Ctrl-C')
    .option('--json', 'one JSON document on stdout, with --watch one a line');
  lag.action(() => run('lag', async () => (await import('./lag.js')).lag, lag.optsWithGlobals()));
}

function addReplay(program: Command, run: RunCommand): void {
  const replay = program
    .command('replay')
    .description(
      'fold the log of raw snapshots once more, and put right what differs; shows what would be done unless told to --execute',
    )
    .option('--from-beginning', 'everything that the log still holds')
    .option('--to-datetime <time>', 'since then: YYYY-MM-DDTHH:mm:ss.sss, in UTC or with ±hh:mm', pointInTime)
    .option('--by-duration <duration>', 'since so long ago: P7D, PT12H', isoDuration)
    .option('--snapshot <id>', 'this snapshot and those of its feed after it')
    .addOption(
      new Option('--source <name>', 'feeds of this marketplace alone').choices([
        'all',
        'ozon',
        'wb',
        'wildberries',
      ]),
    )
    .option('--feed <feed>', 'this feed alone: source:account:endpoint')
    .option('--accept-absences', 'what the replay lacks is really gone')
    .option('--resume <number>', 'go on with an interrupted replay', wholeNumber(1, 2 ** 31))
    .option('--discard <number>', 'give a replay up, and remove what it has folded', wholeNumber(1, 2 ** 31))
    .option('--reset-group <name>', 'let a group that is not ours read once more, from:')
    .option(
      '--topic <name>',
      'with --reset-group: the topic that it reads, or topic:0,3 for some partitions; default: stock-changes',
    )
    .option('--to-earliest', 'with --reset-group: the oldest record')
    .option('--to-latest', 'with --reset-group: what comes next')
    .option('--to-current', 'with --reset-group: where it is now')
    .option('--to-offset <number>', 'with --reset-group: this offset', wholeNumber(0, 9_999_999_999))
    .option('--shift-by <number>', 'with --reset-group: so many records on, or back', signedNumber)
    .addOption(new Option('--dry-run', 'only show what would be done, as without it').conflicts('execute'))
    .option('--execute', 'do it')
    .option('--json', 'one JSON document on stdout');
  replay.action(() =>
    run('replay', async () => (await import('./replay.js')).replay, replay.optsWithGlobals()),
  );
}

function addDlq(program: Command, run: RunCommand): void {
  const dlq = program.command('dlq').description('the dead letters: records that could not be read');
  const list = dlq
    .command('list')
    .description('the open ones: what, when, why, where')
    .option('--all', 'also those that were redriven or dropped')
    .option('--json', 'one JSON document on stdout');
  const show = dlq
    .command('show')
    .description('why it died, where it lay, its headers and bytes')
    .argument('<id>', 'as listed, or its first digits')
    .option('--raw', 'exactly the bytes of its value, and nothing else');
  const redrive = dlq
    .command('redrive')
    .description('send back to the topic it came from what can be read by now, and say what became of it')
    .argument('[ids...]', 'as listed, or their first digits')
    .option('--all', 'every open one')
    .option('--max-rate <number>', 'records a second', wholeNumber(1, 1_000_000))
    .option('--force', 'also what no longer counts, and what was redriven or dropped before');
  const drop = dlq
    .command('drop')
    .description('nobody wants it any more: it counts in no health check, and --all passes it over')
    .argument('<ids...>', 'as listed, or their first digits')
    .option('--yes', 'do it');
  const load = async () => await import('./dlq.js');
  list.action(() => run('dlq-list', async () => (await load()).dlqList, list.optsWithGlobals()));
  show.action((id: string) =>
    run('dlq-show', async () => (await load()).dlqShow, { ...show.optsWithGlobals(), id }),
  );
  redrive.action((ids: string[]) =>
    run('dlq-redrive', async () => (await load()).dlqRedrive, { ...redrive.optsWithGlobals(), ids }),
  );
  drop.action((ids: string[]) =>
    run('dlq-drop', async () => (await load()).dlqDrop, { ...drop.optsWithGlobals(), ids }),
  );
}

function addSimulator(program: Command, run: RunCommand): void {
  const simulator = program
    .command('simulator')
    .description('stand-in for both marketplaces; prints the settings that point at it')
    .option('--port <number>', 'TCP port on 127.0.0.1; 0: any free one', wholeNumber(0, 65_535), 0)
    .option('--products <number>', 'products on each marketplace', wholeNumber(0, 1_000_000), 1000)
    .option('--seed <number>', 'the same seed gives the same shop', wholeNumber(0, 2 ** 31 - 1), 1);
  simulator.action(() =>
    run('simulator', async () => (await import('./simulator.js')).simulator, simulator.optsWithGlobals()),
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
    run('engines-up', async () => (await import('./engines.js')).enginesUpCommand, up.optsWithGlobals()),
  );
  const down = engines
    .command('down')
    .description('stop what was started here, and only that; data stay')
    .option(...dir)
    .option('--wipe', 'remove the data too');
  down.action(() =>
    run(
      'engines-down',
      async () => (await import('./engines.js')).enginesDownCommand,
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
      async () => (await import('./engines.js')).enginesStatusCommand,
      status.optsWithGlobals(),
    ),
  );
}

function addDemo(program: Command, run: RunCommand): void {
  const demo = program
    .command('demo')
    .description('the whole pipe on this machine, with invented marketplaces; stays up until Ctrl-C')
    .option('--once', 'end when everything has been shown');
  demo.action(() => run('demo', async () => (await import('./demo.js')).demo, demo.optsWithGlobals()));
}

function signedNumber(text: string): number {
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number, below zero to go back.');
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** Commander begins its complaints with «error:», and quotes what it was given. */
function localised(text: string): string {
  return withoutLikelySecrets(text, process.env).replace(
    /^error:/,
    `${WORDS[localeOf(process.env.LOCALE)].error}:`,
  );
}

function packageVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'inventory-sync') return version ?? '';
    } catch {
      // Not this folder.
    }
  }
  return '';
}
