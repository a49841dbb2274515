import { type Command, Option } from 'commander';
import { isoDuration } from '../monitor/duration.js';
import { pointInTime } from '../replay/point-in-time.js';
import { signedNumber, wholeNumber } from './numbers.js';
import type { RunCommand } from './run-command.js';

/** What an operator does to the log and its readers. */
export function addOperations(program: Command, run: RunCommand): void {
  addTopics(program, run);
  addDlq(program, run);
  addReplay(program, run);
  addLag(program, run);
}

function addTopics(program: Command, run: RunCommand): void {
  const topics = program.command('topics').description('the Kafka topics');
  const create = topics.command('create').description('make missing topics, put their settings right');
  create.action(() =>
    run('topics-create', async () => (await import('../topics.js')).topicsCreate, create.optsWithGlobals()),
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
    run('topics-adopt', async () => (await import('../topics.js')).topicsAdopt, adopt.optsWithGlobals()),
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
  const load = async () => await import('../dlq.js');
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
    run('replay', async () => (await import('../replay.js')).replay, replay.optsWithGlobals()),
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
  lag.action(() => run('lag', async () => (await import('../lag.js')).lag, lag.optsWithGlobals()));
}
