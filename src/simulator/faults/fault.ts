import type { Source } from '../world/types.js';

/** Faults that stand in place of the method: it is not run and no limit is touched. */
export const REPLACING = ['status', '429', '500', 'html-200', 'empty-200', 'hang'] as const;
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

/** What a `wrong-shape` answer gets wrong. */
export const SHAPES = ['wrapper', 'types', 'missing-field', 'negative', 'not-a-list'] as const;
export type Shape = (typeof SHAPES)[number];

export interface FaultSpec {
  readonly kind: FaultKind;
  /** A path, a source, or `*` (default): which calls it may hit. */
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
