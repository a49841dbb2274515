import { SOURCES } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import type { ReplayAsk } from './plan.js';
import type { ResetTo, ResetTopic } from './reset-group.js';

export type ReplayRequest =
  | { readonly kind: 'new'; readonly ask: ReplayAsk; readonly asked: string }
  | { readonly kind: 'resume' | 'discard'; readonly generation: number }
  | { readonly kind: 'reset'; readonly group: string; readonly topic: ResetTopic; readonly to: ResetTo };

type Options = Record<string, unknown>;

const BEGINNINGS = ['fromBeginning', 'toDatetime', 'byDuration', 'snapshot', 'resume', 'discard'] as const;
const RESETS = [
  'toEarliest',
  'toLatest',
  'toCurrent',
  'toDatetime',
  'byDuration',
  'toOffset',
  'shiftBy',
] as const;

/** @throws USAGE where the options do not go together */
export function replayRequest(options: Options, now: number): ReplayRequest {
  if (options.resetGroup !== undefined) return reset(options, now);
  refuseBesides(
    options,
    ['toEarliest', 'toLatest', 'toCurrent', 'toOffset', 'shiftBy', 'topic'],
    '--reset-group',
  );
  const what = oneOf(options, BEGINNINGS);
  if (what === 'resume' || what === 'discard') {
    refuseBesides(options, ['source', 'feed'], 'a new replay');
    return { kind: what, generation: Number(options[what]) };
  }
  const { source, feed } = options;
  const sources =
    source === 'ozon' ? ['ozon' as const] : source === 'all' ? SOURCES : ['wildberries' as const];
  const ask: ReplayAsk = {
    since: sinceOf(what, options, now),
    sources: source === undefined ? undefined : sources,
    feed: feed === undefined ? undefined : String(feed),
  };
  return { kind: 'new', ask, asked: askedText(what, options) };
}

function sinceOf(what: (typeof BEGINNINGS)[number], options: Options, now: number): ReplayAsk['since'] {
  switch (what) {
    case 'toDatetime':
      return { kind: 'time', at: Number(options.toDatetime) };
    case 'byDuration':
      return { kind: 'time', at: now - Number(options.byDuration) };
    case 'snapshot':
      return { kind: 'snapshot', id: String(options.snapshot) };
    default:
      return { kind: 'beginning' };
  }
}

function reset(options: Options, now: number): ReplayRequest {
  refuseBesides(
    options,
    ['fromBeginning', 'snapshot', 'resume', 'discard', 'source', 'feed', 'acceptAbsences'],
    'a replay of ours, without --reset-group',
  );
  const to = resetTo(oneOf(options, RESETS), options, now);
  return {
    kind: 'reset',
    group: String(options.resetGroup),
    topic: resetTopic(String(options.topic ?? 'stock-changes')),
    to,
  };
}

/** `name`, or `name:0,1` for some of its partitions. */
function resetTopic(text: string): ResetTopic {
  const [, name = '', list] = /^([^:]+)(?::(\d{1,5}(?:,\d{1,5})*))?$/.exec(text) ?? [];
  if (name !== '') return { name, partitions: list === undefined ? null : list.split(',').map(Number) };
  throw new AppError('USAGE', `--topic: ${text} is neither a topic nor topic:partition,partition`, {
    remedy: 'for example --topic stock-changes, or --topic stock-changes:0,3',
  });
}

function resetTo(what: (typeof RESETS)[number], options: Options, now: number): ResetTo {
  switch (what) {
    case 'toEarliest':
      return { kind: 'earliest' };
    case 'toLatest':
      return { kind: 'latest' };
    case 'toCurrent':
      return { kind: 'current' };
    case 'toDatetime':
      return { kind: 'time', at: Number(options.toDatetime) };
    case 'byDuration':
      return { kind: 'time', at: now - Number(options.byDuration) };
    case 'toOffset':
      return { kind: 'offset', offset: Number(options.toOffset) };
    case 'shiftBy':
      return { kind: 'shift', by: Number(options.shiftBy) };
  }
}

function oneOf<T extends string>(options: Options, names: readonly T[]): T {
  const given = names.filter((name) => options[name] !== undefined);
  const [only] = given;
  if (only !== undefined && given.length === 1) return only;
  const list = names.map(optionOf).join(', ');
  throw new AppError(
    'USAGE',
    only === undefined ? `one of ${list} is needed` : `only one of ${list} at a time`,
    {
      remedy: 'see `inventory-sync replay --help`',
    },
  );
}

function refuseBesides(options: Options, names: readonly string[], belongsTo: string): void {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  throw new AppError('USAGE', `${given.map(optionOf).join(', ')} goes only with ${belongsTo}`, {
    remedy: 'see `inventory-sync replay --help`',
  });
}

/** As it was asked for, to be said again. */
function askedText(what: string, options: Options): string {
  const values: Readonly<Record<string, () => string>> = {
    toDatetime: () => new Date(Number(options.toDatetime)).toISOString(),
    byDuration: () => `PT${Math.round(Number(options.byDuration) / 1000)}S`,
    snapshot: () => String(options.snapshot),
  };
  const value = values[what]?.();
  const besides = ['source', 'feed'].filter((name) => options[name] !== undefined);
  return [
    value === undefined ? optionOf(what) : `${optionOf(what)} ${value}`,
    ...besides.map((name) => `${optionOf(name)} ${String(options[name])}`),
  ].join(' ');
}

function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
