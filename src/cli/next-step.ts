import type { Locale } from './words.js';

/** What a command has done, as far as it decides what is worth doing next. */
export interface Done {
  /** As the command line names it inside: `topics-create`. */
  readonly command: string;
  readonly exitCode: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** What the command itself has noted: see {@link NoteName}. */
  readonly notes: ReadonlyMap<NoteName, string>;
}

/**
 * `held`: a read was held back, of this source · `letter`: there is this dead letter · `fingerprint`: this alert is
 * open · `adopted`: topics were, or would be, with these arguments · `mend`: the command that mends what was found · `synced`: the stock was read before · `idle`: records wait and
 * nobody reads them · `told`: the command has said itself what comes next.
 */
export type NoteName = 'held' | 'letter' | 'fingerprint' | 'adopted' | 'mend' | 'synced' | 'idle' | 'told';

interface Step {
  /** Arguments of `inventory-sync`. */
  readonly run: string;
  readonly why: Readonly<Record<Locale, string>>;
}

interface Rule {
  readonly after: string;
  readonly when: (done: Done) => boolean;
  readonly step: (done: Done) => Step;
}

const ok = ({ exitCode }: Done) => exitCode === 0;
const bad = ({ exitCode }: Done) => exitCode !== 0;
/** Ended with one of these; 2, settings or usage, has said what is wrong, and nothing was tried. */
const ended =
  (...codes: readonly number[]) =>
  ({ exitCode }: Done) =>
    codes.includes(exitCode);
const noted = (name: NoteName) => (done: Done) => done.notes.has(name);
const option = (name: string) => (done: Done) => done.options[name] === true;
const both = (one: Rule['when'], other: Rule['when']) => (done: Done) => one(done) && other(done);

function rule(after: string, when: Rule['when'], run: string, ru: string, en: string): Rule {
  return {
    after,
    when,
    // `{held}` and the like stand for what was noted.
    step: ({ notes }) => ({
      run: run.replace(/\{(\w+)\}/gu, (_, name: NoteName) => notes.get(name) ?? ''),
      why: { ru, en },
    }),
  };
}

const LOOK = [
  'как свежи остатки; чтобы читать их по расписанию: schedule',
  'how fresh the stock is; to read it by the clock: schedule',
] as const;

/** The first that fits counts. What is not here needs no next step, or its command says one itself. */
const RULES: readonly Rule[] = [
  rule(
    'engines-up',
    ok,
    'migrate',
    'когда эти строки записаны в .env: создать таблицы',
    'when these lines are in .env: make the tables',
  ),
  rule(
    'migrate',
    both(ok, option('printSql')),
    'check',
    'когда администратор выполнил этот SQL',
    'when a DBA has run this SQL',
  ),
  rule(
    'migrate',
    both(ok, noted('mend')),
    'check',
    'когда права пользователя выданы',
    'when the rights are granted',
  ),
  rule('migrate', ok, 'topics create', 'создать топики Kafka', 'make the Kafka topics'),
  rule('topics-create', ok, 'check', 'проверить все соединения', 'try all connections'),
  rule(
    'topics-adopt',
    both(noted('adopted'), option('execute')),
    'sync --source=all --full-resync',
    'прочитать всё заново',
    'read everything anew',
  ),
  rule(
    'topics-adopt',
    noted('adopted'),
    'topics adopt {adopted}--execute',
    'сделать то, что показано',
    'do what was shown',
  ),
  rule(
    'config-print',
    ok,
    'check',
    'проверить, что с этими настройками всё работает',
    'try whether these settings work',
  ),
  rule(
    'check',
    both(ended(1), noted('mend')),
    '{mend}',
    'исправить первое из отмеченного ✗; потом снова check',
    'mends the first line marked ✗; then check again',
  ),
  rule(
    'check',
    ended(1),
    'check',
    'ещё раз, когда отмеченное ✗ исправлено',
    'again, when what is marked ✗ is mended',
  ),
  rule('check', both(ok, noted('synced')), 'monitor --health-check', 'как идут дела', 'how everything is'),
  rule(
    'check',
    ok,
    'sync --test-mode',
    'прочитать остатки и ничего не записать',
    'read the stock and write nothing',
  ),
  rule(
    'sync',
    noted('held'),
    'sync --source={held} --full-resync --accept-absences',
    'если недостающего действительно больше нет',
    'if what is missing is really gone',
  ),
  rule('sync', both(ok, option('testMode')), 'sync --source=all', 'прочитать и записать', 'read and write'),
  rule('sync', ok, 'monitor --check-last-sync', ...LOOK),
  rule('sync', ended(1, 3), 'check', 'найти причину', 'find the cause'),
  rule('sync', ended(5, 75), 'monitor --check-last-sync', 'как свежи остатки', 'how fresh the stock is'),
  rule(
    'test-email',
    ok,
    'schedule',
    'читать остатки и слать оповещения по расписанию',
    'read the stock and send alerts by the clock',
  ),
  rule(
    'monitor',
    both(bad, option('checkLastSync')),
    'sync --source=all',
    'прочитать остатки сейчас',
    'read the stock now',
  ),
  rule('monitor', both(bad, option('healthCheck')), 'check', 'найти причину', 'find the cause'),
  rule(
    'monitor',
    both(option('alerts'), noted('fingerprint')),
    'monitor --acknowledge {fingerprint}',
    'отметить как увиденное',
    'mark it as seen',
  ),
  rule(
    'monitor',
    both(ok, option('detectAnomalies')),
    'monitor --alerts',
    'что открыто сейчас',
    'what is open now',
  ),
  rule(
    'dlq-list',
    noted('letter'),
    'dlq show {letter}',
    'почему запись не прочитана',
    'why it could not be read',
  ),
  rule(
    'dlq-show',
    both(ok, noted('letter')),
    'dlq redrive {letter}',
    'когда причина устранена: вернуть запись',
    'when the cause is gone: send it back',
  ),
  rule('dlq-redrive', ok, 'monitor --health-check', 'как идут дела', 'how everything is'),
  rule('dlq-drop', ok, 'dlq list', 'что ещё осталось', 'what is left'),
  rule('lag', noted('idle'), 'worker', 'разобрать то, что ждёт', 'work off what waits'),
  rule(
    'replay',
    both(ok, option('execute')),
    'monitor --check-last-sync',
    'как свежи остатки',
    'how fresh the stock is',
  ),
  rule('demo', ok, 'init', 'настроить для своего магазина', 'set it up for your own shop'),
];

/** What is worth doing after that; null where nothing suggests itself. */
export function nextStep(done: Done): Step | null {
  if (done.notes.has('told')) return null;
  return RULES.find(({ after, when }) => after === done.command && when(done))?.step(done) ?? null;
}

const TIMED_LOOKS = ['healthCheck', 'checkLastSync', 'detectAnomalies', 'weeklyReport'];

/** What the tables of cron call, though people may do so, too. */
export function isOfTimetable({ command, options }: Pick<Done, 'command' | 'options'>): boolean {
  if (command === 'monitor') return TIMED_LOOKS.some((look) => options[look] === true);
  return ['sync', 'schedule', 'worker'].includes(command);
}

/** `Next: inventory-sync check (try all connections)`. */
export function nextLine(done: Done, locale: Locale): string | null {
  const step = nextStep(done);
  if (step === null) return null;
  const { envFile } = done.options;
  const settings = typeof envFile === 'string' ? `--env-file ${shellWord(envFile)} ` : '';
  return `${locale === 'ru' ? 'Дальше' : 'Next'}: inventory-sync ${settings}${step.run} (${step.why[locale]})`;
}

function shellWord(text: string): string {
  return /^[\w./:@%+=-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
