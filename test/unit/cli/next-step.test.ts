import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/cli/command-line.js';
import { type Done, isOfTimetable, type NoteName, nextLine, nextStep } from '../../../src/cli/next-step.js';

type Case = readonly [Done['command'], number, Done['options'], Partial<Record<NoteName, string>>];

const done = ([command, exitCode, options, notes]: Case): Done => ({
  ...{ command, exitCode, options },
  notes: new Map(Object.entries(notes) as [NoteName, string][]),
});

const ID = '0f3a9c';
/** What was done, and what is worth doing next. */
const CASES: readonly (readonly [Case, string | null])[] = [
  [['migrate', 0, {}, {}], 'topics create'],
  [['migrate', 0, {}, { mend: '' }], 'check'],
  [['migrate', 0, { printSql: true }, {}], 'check'],
  [['migrate', 1, {}, {}], null],
  [['topics-create', 0, {}, {}], 'check'],
  [['topics-create', 1, {}, {}], null],
  [['topics-adopt', 0, { execute: true }, {}], null],
  [['topics-adopt', 0, { execute: true }, { adopted: '' }], 'sync --source=all --full-resync'],
  [['topics-adopt', 0, {}, { adopted: '--partitions 3,7 ' }], 'topics adopt --partitions 3,7 --execute'],
  [['config-print', 0, {}, {}], 'check'],
  [['check', 0, {}, {}], 'sync --test-mode'],
  [['check', 0, {}, { synced: '' }], 'monitor --health-check'],
  [['check', 1, {}, { synced: '' }], 'check'],
  [['check', 1, {}, { mend: 'migrate' }], 'migrate'],
  [['sync', 0, {}, {}], 'monitor --check-last-sync'],
  [['sync', 0, { testMode: true }, {}], 'sync --source=all'],
  [['sync', 4, {}, { held: 'ozon' }], 'sync --source=ozon --full-resync --accept-absences'],
  [['sync', 3, {}, { held: 'all' }], 'sync --source=all --full-resync --accept-absences'],
  [['sync', 3, {}, {}], 'check'],
  [['sync', 75, {}, {}], 'monitor --check-last-sync'],
  [['monitor', 1, { healthCheck: true }, {}], 'check'],
  [['monitor', 0, { healthCheck: true }, {}], null],
  [['monitor', 2, { checkLastSync: true }, {}], 'sync --source=all'],
  [['monitor', 0, { alerts: true }, { fingerprint: 'age:ozon' }], 'monitor --acknowledge age:ozon'],
  [['monitor', 0, { alerts: true }, {}], null],
  [['monitor', 0, { detectAnomalies: true }, {}], 'monitor --alerts'],
  [['dlq-list', 0, {}, { letter: ID }], `dlq show ${ID}`],
  [['dlq-list', 0, {}, {}], null],
  [['dlq-show', 0, {}, { letter: ID }], `dlq redrive ${ID}`],
  [['dlq-redrive', 0, {}, {}], 'monitor --health-check'],
  [['dlq-drop', 0, {}, {}], 'dlq list'],
  [['lag', 0, {}, { idle: '' }], 'worker'],
  [['lag', 0, {}, {}], null],
  [['replay', 0, { execute: true }, {}], 'monitor --check-last-sync'],
  [['replay', 0, {}, {}], null],
  [['test-email', 0, {}, {}], 'schedule'],
  [['engines-up', 0, {}, {}], 'migrate'],
  [['demo', 0, {}, {}], 'init'],
  [['dashboard', 0, {}, {}], null],
  [['sync', 2, {}, {}], null],
  [['check', 0, {}, { told: '' }], null],
  [['check', 2, {}, {}], null],
];

/** What of a command line the program does not know. */
async function refusal(words: readonly string[]): Promise<string | undefined> {
  const silence = (command: Command): void => {
    command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined }).exitOverride();
    for (const inner of command.commands) silence(inner);
  };
  const program = commandLine(async () => undefined);
  silence(program);
  return program.parseAsync([...words], { from: 'user' }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

describe('the next step', () => {
  it.each(CASES)('after %j is %s', (was, step) => {
    expect(nextStep(done(was))?.run ?? null).toBe(step);
  });

  it.each(CASES.flatMap(([, step]) => step ?? []))('%s is a command of ours', async (step) => {
    expect(await refusal(step.split(' '))).toBeUndefined();
  });

  it('is told in the mails of no timetable', () => {
    const timed = (command: string, ...options: string[]) =>
      isOfTimetable({ command, options: Object.fromEntries(options.map((name) => [name, true])) });
    expect(['sync', 'schedule', 'worker'].filter((name) => !timed(name))).toEqual([]);
    const looks = ['healthCheck', 'checkLastSync', 'detectAnomalies', 'weeklyReport'];
    expect(looks.filter((look) => !timed('monitor', look))).toEqual([]);
    const typed = [
      'check',
      'migrate',
      'topics-create',
      'topics-adopt',
      'dlq-list',
      'dlq-redrive',
      'lag',
      'replay',
    ];
    expect(typed.filter((name) => timed(name))).toEqual([]);
    expect(timed('monitor', 'alerts')).toBe(false);
  });

  it('is said in the language of the reader, with the settings file that was named', () => {
    expect(nextLine(done(['migrate', 0, {}, {}]), 'ru')).toBe(
      'Дальше: inventory-sync topics create (создать топики Kafka)',
    );
    expect(nextLine(done(['migrate', 0, { envFile: 'my shop.env' }, {}]), 'en')).toBe(
      "Next: inventory-sync --env-file 'my shop.env' topics create (make the Kafka topics)",
    );
    expect(nextLine(done(['worker', 0, {}, {}]), 'en')).toBeNull();
  });
});
