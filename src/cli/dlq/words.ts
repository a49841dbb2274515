import type { LetterFate } from '../../store/dead-letter-fates.js';
import type { Locale } from '../words.js';
import type { Futile } from './verdict.js';

interface DlqWords {
  readonly columns: readonly [string, string, string, string, string, string];
  readonly none: string;
  readonly noneOpen: string;
  readonly open: string;
  readonly fates: Readonly<Record<LetterFate, string>>;
  readonly show: Readonly<
    Record<
      | 'died'
      | 'why'
      | 'where'
      | 'key'
      | 'noKey'
      | 'snapshot'
      | 'fate'
      | 'headers'
      | 'value'
      | 'noValue'
      | 'stack',
      string
    >
  >;
  readonly by: (fate: string, at: string, by: string) => string;
  readonly bytes: (count: string) => string;
  readonly attempts: (stage: string, group: string, count: string) => string;
  readonly futile: Readonly<Record<Futile, string>>;
  /** What can be done about one that was not sent back. */
  readonly dropIt: (id: string) => string;
  readonly already: (fate: string, at: string) => string;
  readonly progress: (done: string, of: string) => string;
  readonly sent: (count: string) => string;
  readonly nothingToDo: string;
  readonly notSent: (count: string) => string;
  readonly inProcess: { readonly 'no-worker': string; readonly stalled: string };
  readonly waiting: string;
  readonly outcome: {
    readonly completed: string;
    readonly open: string;
    readonly read: string;
    readonly stale: string;
    readonly unsettled: string;
    readonly held: (reason: string) => string;
    readonly incomplete: (reason: string) => string;
    readonly died: (letter: string) => string;
  };
  readonly dropped: string;
  readonly wouldDrop: string;
  readonly dropRemedy: string;
}

export const DLQ_WORDS: Readonly<Record<Locale, DlqWords>> = {
  ru: {
    columns: ['Номер', 'Когда', 'Что', 'Где лежала', 'Поток и снимок', 'Судьба'],
    none: 'Нечитаемых записей нет.',
    noneOpen: 'Открытых нечитаемых записей нет; с --all видны и решённые.',
    open: 'открыта',
    fates: { redriven: 'возвращена', dropped: 'списана' },
    show: {
      died: 'Отложена',
      why: 'Причина',
      where: 'Где лежала',
      key: 'Ключ',
      noKey: '(нет)',
      snapshot: 'Снимок',
      fate: 'Судьба',
      headers: 'Заголовки записи',
      value: 'Содержимое',
      noValue: '(записи без значения)',
      stack: 'Стек',
    },
    by: (fate, at, by) => `${fate} ${at}, ${by}`,
    bytes: (count) => `байт: ${count}`,
    attempts: (stage, group, count) => `этап ${stage}, группа ${group}, попыток: ${count}`,
    futile: {
      newer: 'её снимок уже сменили более новые: она ничего не изменит',
      ended: 'её снимок уже завершён: она ничего не изменит',
      late: 'её снимок старше трёх суток, дополнить его уже нельзя',
      start: 'это начало снимка: без страниц за ним оно ничего не значит',
      retirement: 'это весть о снятом потоке: её скажет заново следующий sync',
    },
    dropIt: (id) => `не возвращена; списать её: inventory-sync dlq drop ${id} --yes`,
    already: (fate, at) => `уже ${fate} ${at}, ничего не сделано`,
    progress: (done, of) => `Возвращено ${done} из ${of}`,
    sent: (count) => `Возвращено записей: ${count}.`,
    nothingToDo: 'Возвращать нечего.',
    notSent: (count) => `Не возвращено, потому что уже ничего не изменят: ${count}.`,
    inProcess: {
      'no-worker': 'Воркеров нет: записи читает сама команда',
      stalled: 'Воркер не двигается: записи читает сама команда',
    },
    waiting: 'Ждём, пока записи прочитают…',
    outcome: {
      completed: 'прочитана, снимок теперь полный и применён',
      open: 'прочитана, снимок ещё идёт',
      read: 'прочитана',
      stale: 'больше не учитывается: начался более новый снимок',
      unsettled: 'возвращена, но пока не прочитана: это сделает воркер или следующий sync',
      held: (reason) => `прочитана, снимок полный, но придержан: ${reason}`,
      incomplete: (reason) => `прочитана, снимок всё ещё неполный: ${reason}`,
      died: (letter) => `снова не читается, отложена под номером ${letter}`,
    },
    dropped: 'списана',
    wouldDrop: 'Без --yes ничего не списано',
    dropRemedy: 'добавьте --yes, если эти записи больше никому не нужны',
  },
  en: {
    columns: ['ID', 'When', 'What', 'Where it lay', 'Feed and snapshot', 'Fate'],
    none: 'There are no dead letters.',
    noneOpen: 'There are no open dead letters; --all shows the others too.',
    open: 'open',
    fates: { redriven: 'redriven', dropped: 'dropped' },
    show: {
      died: 'Put aside',
      why: 'Why',
      where: 'Where it lay',
      key: 'Key',
      noKey: '(none)',
      snapshot: 'Snapshot',
      fate: 'Fate',
      headers: 'Headers of the record',
      value: 'Value',
      noValue: '(a record without a value)',
      stack: 'Stack',
    },
    by: (fate, at, by) => `${fate} ${at}, ${by}`,
    bytes: (count) => `bytes: ${count}`,
    attempts: (stage, group, count) => `stage ${stage}, group ${group}, attempts: ${count}`,
    futile: {
      newer: 'newer snapshots cover it: it would change nothing',
      ended: 'its snapshot has come to its end: it would change nothing',
      late: 'its snapshot is more than three days old and cannot be completed any more',
      start: 'it is the beginning of a snapshot, which says nothing without the pages behind it',
      retirement: 'it retires a feed: the next sync says that anew',
    },
    dropIt: (id) => `not redriven; to drop it: inventory-sync dlq drop ${id} --yes`,
    already: (fate, at) => `${fate} already ${at}, nothing done`,
    progress: (done, of) => `Redriven ${done} of ${of}`,
    sent: (count) => `Records redriven: ${count}.`,
    nothingToDo: 'There is nothing to redrive.',
    notSent: (count) => `Not redriven, for they would change nothing any more: ${count}.`,
    inProcess: {
      'no-worker': 'No worker runs: this command reads the records itself',
      stalled: 'The worker does not move: this command reads the records itself',
    },
    waiting: 'Waiting for the records to be read…',
    outcome: {
      completed: 'read; its snapshot is complete now, and applied',
      open: 'read; its snapshot is still under way',
      read: 'read',
      stale: 'counts no more: a newer snapshot has begun',
      unsettled: 'redriven, but not read yet: a worker or the next sync will do it',
      held: (reason) => `read; its snapshot is complete, but held back: ${reason}`,
      incomplete: (reason) => `read; its snapshot is still incomplete: ${reason}`,
      died: (letter) => `could not be read again, put aside as ${letter}`,
    },
    dropped: 'dropped',
    wouldDrop: 'Nothing was dropped without --yes',
    dropRemedy: 'add --yes if nobody wants these records any more',
  },
};
