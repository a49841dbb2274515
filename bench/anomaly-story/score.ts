import type { AnomalySettings, Finding, JudgedSnapshot } from '../../src/domain/anomaly/finding.js';
import { judge, newsOf } from '../../src/domain/anomaly/rules.js';
import type { Trouble } from './labels.js';
import type { Story } from './story.js';

/** How one rule, or all of them, did. */
export interface Score {
  readonly planted: number;
  readonly found: number;
  readonly told: number;
  readonly right: number;
}

/** An incident that somebody was told of. */
export interface Told {
  readonly fingerprint: string;
  readonly hour: number;
  readonly text: string;
}

/** Runs the rules over the story hour by hour; what is told before trouble is planted does not count. */
export function tellStory(
  story: Story,
  settings: AnomalySettings,
): { readonly told: readonly Told[]; readonly plain: readonly Told[] } {
  const open = new Set<string>();
  const told: Told[] = [];
  const plain: Told[] = [];
  for (const { hour, judged } of story.hours()) {
    const findings = judged.flatMap((snapshot) => judge(snapshot, settings));
    const counts = hour >= story.judgedFrom;
    for (const finding of newsOf(findings, (one) => one, open)) {
      follow(finding, open);
      if (finding.state !== 'raised' || !counts) continue;
      told.push({ fingerprint: finding.fingerprint, hour, text: finding.text.en });
    }
    if (counts) plain.push(...judged.flatMap((snapshot) => plainRule(snapshot, hour)));
  }
  return { told, plain };
}

function follow({ state, fingerprint }: Finding, open: Set<string>): void {
  if (state === 'raised') open.add(fingerprint);
  else open.delete(fingerprint);
}

/** What people write first: whatever moved by more than a tenth is an alert. */
function plainRule(snapshot: JudgedSnapshot, hour: number): Told[] {
  if (snapshot.type === 'snapshot-applied') {
    const { before, after } = snapshot.available;
    const moved = Math.abs(after - before) > before * 0.1;
    return moved ? [{ fingerprint: `total-moved:${snapshot.feed}`, hour, text: '' }] : [];
  }
  if (snapshot.type !== 'products-changed') return [];
  return snapshot.products
    .filter(({ before, after }) => Math.abs(after - before) > before * 0.1)
    .map(({ productId }) => ({ fingerprint: `unusual-jump:ozon:123:${productId}`, hour, text: '' }));
}

/** By rule, in the order of first appearance. */
export function scoreByRule(
  story: Story,
  told: readonly Told[],
): {
  readonly rules: ReadonlyMap<string, Score>;
  readonly missed: readonly Trouble[];
  readonly wrong: readonly Told[];
} {
  const troubles = story.troubles.filter(({ until }) => until >= story.judgedFrom);
  const byFingerprint = byFingerprintOf(troubles);
  const toldOf = byFingerprintOf(told);
  const lies = ({ from, until }: Trouble, { hour }: Told) => from <= hour && hour <= until;
  const right = (one: Told) =>
    (byFingerprint.get(one.fingerprint) ?? []).some((trouble) => lies(trouble, one));
  // What began before the first hour that counts may have been told before it.
  const planted = troubles.filter(({ required, from }) => required && from >= story.judgedFrom);
  const found = (trouble: Trouble) =>
    (toldOf.get(trouble.fingerprint) ?? []).some((one) => lies(trouble, one));
  const names = new Set([...planted, ...told].map(ruleOf));
  const rules = new Map<string, Score>();
  for (const name of names) {
    const ofRule = <T extends { fingerprint: string }>(list: readonly T[]) =>
      list.filter((one) => ruleOf(one) === name);
    const [due, said] = [ofRule(planted), ofRule(told)];
    rules.set(name, {
      planted: due.length,
      found: due.filter(found).length,
      told: said.length,
      right: said.filter(right).length,
    });
  }
  return { rules, missed: planted.filter((one) => !found(one)), wrong: told.filter((one) => !right(one)) };
}

function byFingerprintOf<T extends { readonly fingerprint: string }>(list: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(one.fingerprint, [...(groups.get(one.fingerprint) ?? []), one]);
  return groups;
}

function ruleOf({ fingerprint }: { readonly fingerprint: string }): string {
  return fingerprint.slice(0, fingerprint.indexOf(':'));
}

export function sumOf(scores: Iterable<Score>): Score {
  const sum = { planted: 0, found: 0, told: 0, right: 0 };
  for (const score of scores) {
    sum.planted += score.planted;
    sum.found += score.found;
    sum.told += score.told;
    sum.right += score.right;
  }
  return sum;
}

/** Share of what was planted that was told; 1 where nothing was. */
export function recallOf({ planted, found }: Score): number {
  return planted === 0 ? 1 : found / planted;
}

/** Share of what was told that was planted. */
export function precisionOf({ told, right }: Score): number {
  return told === 0 ? 1 : right / told;
}
