import type { Source } from '../world/types.js';
import type { ProblemName } from './problems.js';

/** Faults that stand in place of the method: it is not run and no limit is touched. */
export const REPLACING = [
  'status',
  'problem',
  'retired',
  '429',
  '500',
  'html-200',
  'empty-200',
  'hang',
] as const;
/** Faults in what a good answer (200) says. */
export const BENDING = [
  'missing-rows',
  'duplicate-rows',
  'collapse-empty',
  'wrong-shape',
  'looping-cursor',
] as const;
/** Faults in how the answer arrives. */
const DELIVERING = ['slow', 'reset', 'cut-json', 'trickle'] as const;

export type FaultKind = (typeof REPLACING)[number] | (typeof BENDING)[number] | (typeof DELIVERING)[number];

export const FAULT_KINDS: readonly string[] = [...REPLACING, ...BENDING, ...DELIVERING];

/**
 * What a `wrong-shape` answer gets wrong: the whole (`wrapper`, `not-a-list`), or the first row's figure, or its id
 * where it has no figure: gone, under another name, a word, a number as text, or below zero.
 */
export const SHAPES = [
  'wrapper',
  'types',
  'missing-field',
  'negative',
  'not-a-list',
  'renamed-field',
  'number-as-text',
] as const;
export type Shape = (typeof SHAPES)[number];

export interface FaultSpec {
  readonly kind: FaultKind;
  /** A path (`/api/v3/stocks/{warehouseId}` for any), a source, or `*` (default): which calls it may hit. */
  readonly match?: '*' | Source | `/${string}`;
  /** How many calls it hits before it is gone. Left out: 1, or without end where `rate` is given (`rate: 1`: every call). */
  readonly times?: number;
  /** Matching calls to let pass first; for faults in answers only good answers count. */
  readonly after?: number;
  /** Chance to hit, 0 … 1, drawn from `seed`. */
  readonly rate?: number;
  readonly seed?: number;
  /** `status`: what to say. */
  readonly status?: number;
  /** `problem`: which documented error. Of two marketplaces with the same one each says it in its own words. */
  readonly problem?: ProblemName;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `429`: leave out the headers that say when to come back. */
  readonly withHeaders?: boolean;
  /** `429`: seconds to wait, 2 by default; may be hours. */
  readonly retrySeconds?: number;
  /** `slow`: delay, 1,000 by default. `trickle`: pause between pieces, 20 by default. Milliseconds. */
  readonly ms?: number;
  /** `missing-rows`: how many rows a page lacks, `duplicate-rows`: how many it repeats; 3 by default. */
  readonly count?: number;
  /** `wrong-shape`; `wrapper` by default. */
  readonly shape?: Shape;
}
