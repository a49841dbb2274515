import type { AppliedSnapshot, Finding, JudgedSnapshot, Rule } from './finding.js';
import type { Wording } from './wording.js';

/** A rule and what people are told of it; docs/rules.md is held against this. */
export interface AnomalyRule {
  /** First part of its fingerprints. */
  readonly name: string;
  readonly title: Wording;
  /** Of what it raises, the mildest first. */
  readonly severities: readonly Finding['severity'][];
  /** What it judges. */
  readonly needs: readonly JudgedSnapshot['type'][];
  /** Environment variables that set it. */
  readonly settings: readonly string[];
  /** It tells of something that happened, not of how things are: that it happens no more does not undo it. */
  readonly oneOff?: true | undefined;
  /** A text of its own, as it is told. */
  readonly example: Wording;
  readonly judge: Rule;
}

/** A read that said all there is to say of a feed, told once however many parts its event has. */
export function isWholeRead(snapshot: JudgedSnapshot): snapshot is AppliedSnapshot {
  return snapshot.type === 'snapshot-applied' && snapshot.partial !== true && snapshot.part === 1;
}
