import { type Command, Option } from 'commander';
import { anyDuration, isoDuration } from '../monitor/duration.js';
import { wholeNumber } from './numbers.js';
import type { RunCommand } from './run-command.js';

const FULL_RESYNC =
  'read catalogues and stock whole, however fresh they are, and compare every row with the tables themselves';

/** What runs day by day: reading, following, looking. */
export function addDaily(program: Command, run: RunCommand): void {
  addSync(program, run);
  addWorker(program, run);
  addSchedule(program, run);
  addMonitor(program, run);
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
  sync.action(() => run('sync', async () => (await import('../sync.js')).sync, sync.optsWithGlobals()));
}

function addWorker(program: Command, run: RunCommand): void {
  const worker = program
    .command('worker')
    .description('run the stream consumers until stopped; start as many as you like')
    .option('--only <names>', 'some of projector,anomaly,mailer');
  worker.action(() =>
    run('worker', async () => (await import('../worker.js')).worker, worker.optsWithGlobals()),
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
    run('schedule', async () => (await import('../schedule.js')).schedule, schedule.optsWithGlobals()),
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
    run('monitor', async () => (await import('../monitor.js')).monitor, monitor.optsWithGlobals()),
  );
}
