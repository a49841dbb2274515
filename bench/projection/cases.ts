import type { Step } from './catalogue.js';
import type { Target } from './figures.js';

export interface Case extends Step {
  readonly name: string;
}

/** In the order in which they follow one another in an installation. */
export const CASES: readonly Case[] = [
  { name: 'first seen', changedShare: 0, insertsFront: false },
  { name: '2 % changed', changedShare: 0.02, insertsFront: false },
  { name: 'unchanged', changedShare: 0, insertsFront: false },
  // Each page holds other rows than before: comparing whole pages would find nothing equal.
  { name: '2 % changed, one in front', changedShare: 0.02, insertsFront: true },
  { name: 'unchanged, one in front', changedShare: 0, insertsFront: true },
  { name: '100 % changed', changedShare: 1, insertsFront: false },
];

/** What the worker is measured by, on the same rows and in the same round. */
export const RIVALS = {
  A: 'multi-row upsert from memory, no Kafka',
  B: 'LOAD DATA LOCAL INFILE … REPLACE, no Kafka',
  C: 'drain and JSON.parse of the topic, no database',
  E: 'drain and blind upsert: no diff, no ledger, no events',
} as const;

export type RivalName = keyof typeof RIVALS;

const few = (name: string): Target[] => [
  { case: name, contender: 'A', atLeast: 2.5 },
  { case: name, contender: 'C', atLeast: 0.28 },
];
const none = (name: string): Target[] => [
  { case: name, contender: 'A', atLeast: 4 },
  { case: name, contender: 'C', atLeast: 0.4 },
];

export const TARGETS: readonly Target[] = [
  ...few('2 % changed'),
  ...few('2 % changed, one in front'),
  ...none('unchanged'),
  ...none('unchanged, one in front'),
  { case: 'first seen', contender: 'E', atLeast: 0.3, aim: 0.4 },
  { case: '100 % changed', contender: 'E', atLeast: 0.35, aim: 0.5 },
];
