import type { GenerationOutcome } from '../../ports/replay.js';
import type { InProcessReason } from '../sync/applied-wait.js';
import type { Locale } from '../words.js';

/** What `replay` says to people. */
export interface ReplayWords {
  readonly partitionColumns: readonly [string, string, string, string, string];
  readonly feedColumns: readonly [string, string, string];
  readonly keepsRows: (feeds: readonly string[]) => string;
  readonly nothing: string;
  readonly dryRun: (again: string) => string;
  readonly began: (generation: number, records: number) => string;
  readonly resumed: (generation: number) => string;
  readonly progress: (generation: number, percent: number, records: number, eta: string) => string;
  readonly announced: (feeds: number) => string;
  readonly inProcess: Readonly<Record<InProcessReason, string>>;
  readonly draining: string;
  readonly clearing: string;
  readonly outcomeColumns: readonly [string, string, string];
  readonly outcome: Readonly<Record<GenerationOutcome | 'kept', string>>;
  readonly off: (generation: number) => string;
  readonly held: (generation: number) => string;
  readonly interrupted: (generation: number) => string;
  readonly discarded: (generation: number) => string;
  readonly resetDryRun: string;
  readonly seconds: (seconds: number) => string;
}

export const REPLAY_WORDS: Readonly<Record<Locale, ReplayWords>> = {
  ru: {
    partitionColumns: ['Раздел', 'С какого времени', 'Смещения', 'Записей', 'Выгрузок'],
    feedColumns: ['Выгрузка', 'Полных чтений', 'Строк'],
    keepsRows: (feeds) =>
      `Останутся как есть, потому что за это время их ни разу не прочитали целиком: ${feeds.join(', ')}`,
    nothing: 'В журнале за это время ничего нет.',
    dryRun: (again) => `Ничего не изменено. Чтобы выполнить: ${again}`,
    began: (generation, records) => `Пересчёт ${generation}: записей в журнале ${records}`,
    resumed: (generation) => `Пересчёт ${generation} продолжается`,
    progress: (generation, percent, records, eta) =>
      `Пересчёт ${generation}: ${percent} %, записей ${records}${eta === '' ? '' : `, осталось около ${eta}`}`,
    announced: (feeds) => `Прочитано до конца журнала. Замена строк, выгрузок: ${feeds}`,
    inProcess: {
      'no-worker': 'Ни один обработчик не запущен: строки заменит эта команда',
      stalled: 'Обработчик не продвигается: эта команда помогает ему',
    },
    draining: 'Остались события и письма',
    clearing: 'Убираем промежуточные строки',
    outcomeColumns: ['Выгрузка', 'Итог', 'Изменено строк'],
    outcome: {
      swapped: 'заменена',
      off: 'не состоялась',
      held: 'придержана',
      kept: 'осталась как есть',
    },
    off: (generation) =>
      `Замена не состоялась, действующие строки не тронуты. Повторить: inventory-sync replay --resume ${generation} --execute; отказаться: inventory-sync replay --discard ${generation}`,
    held: (generation) =>
      `Пропало бы слишком много товаров. Если так и должно быть: inventory-sync replay --resume ${generation} --accept-absences --execute`,
    interrupted: (generation) =>
      `Пересчёт ${generation} прерван, действующие строки не тронуты. Продолжить: inventory-sync replay --resume ${generation} --execute; отказаться: inventory-sync replay --discard ${generation}`,
    discarded: (generation) => `Пересчёт ${generation} отменён, его строки удалены.`,
    resetDryRun: 'Ничего не изменено. Чтобы выполнить, добавьте --execute.',
    seconds: (seconds) => (seconds < 90 ? `${seconds} с` : `${Math.round(seconds / 60)} мин`),
  },
  en: {
    partitionColumns: ['Partition', 'Since', 'Offsets', 'Records', 'Feeds'],
    feedColumns: ['Feed', 'Complete snapshots', 'Rows'],
    keepsRows: (feeds) =>
      `Keep their live rows, as no complete snapshot of them lies in it: ${feeds.join(', ')}`,
    nothing: 'There is nothing in that part of the log.',
    dryRun: (again) => `Nothing was changed. To do this, run: ${again}`,
    began: (generation, records) => `Replay ${generation}: ${records} records in the log`,
    resumed: (generation) => `Replay ${generation} goes on`,
    progress: (generation, percent, records, eta) =>
      `Replay ${generation}: ${percent}%, ${records} records${eta === '' ? '' : `, about ${eta} to go`}`,
    announced: (feeds) => `Read to the log's end. Rows are being exchanged, feeds: ${feeds}`,
    inProcess: {
      'no-worker': 'No worker is running: this command exchanges the rows itself',
      stalled: 'The worker does not get on: this command helps it',
    },
    draining: 'Events and mail remain',
    clearing: 'Removing intermediate rows',
    outcomeColumns: ['Feed', 'Outcome', 'Changed rows'],
    outcome: { swapped: 'exchanged', off: 'called off', held: 'held back', kept: 'kept its live rows' },
    off: (generation) =>
      `The exchange was called off, the live rows are as they were. Try again: inventory-sync replay --resume ${generation} --execute; give it up: inventory-sync replay --discard ${generation}`,
    held: (generation) =>
      `Too many products would vanish. If that is right: inventory-sync replay --resume ${generation} --accept-absences --execute`,
    interrupted: (generation) =>
      `Replay ${generation} was interrupted, the live rows are as they were. Go on: inventory-sync replay --resume ${generation} --execute; give it up: inventory-sync replay --discard ${generation}`,
    discarded: (generation) => `Replay ${generation} was discarded, its rows are removed.`,
    resetDryRun: 'Nothing was changed. To do this, add --execute.',
    seconds: (seconds) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`),
  },
};
