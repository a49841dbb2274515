import { labelsRows } from '../manner.js';
import { type Locale, WORDS } from '../words.js';

export type PartStatus = 'ok' | 'degraded' | 'down' | 'unused';

export interface Problem {
  readonly what: string;
  readonly remedy?: string | undefined;
}

/** One thing that was looked at. */
export interface Part {
  /** For programs: database, kafka, a source's name, and so on. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly status: PartStatus;
  /** What is good to know, whatever the status. */
  readonly facts: readonly string[];
  readonly problems: readonly Problem[];
  /** Figures for programs; times are ISO 8601. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

export type Verdict = 'fine' | 'degraded' | 'down';
export const VERDICT_EXIT: Readonly<Record<Verdict, number>> = { fine: 0, degraded: 1, down: 2 };

/** Without these nothing works. */
const ESSENTIAL = ['database', 'kafka', 'sources'];

/** @param sources names of the parts that are marketplaces */
export function verdictOf(parts: readonly Part[], sources: readonly string[]): Verdict {
  const isDown = ({ status }: Part) => status === 'down';
  if (parts.some((part) => ESSENTIAL.includes(part.name) && isDown(part))) return 'down';
  const shops = parts.filter(({ name }) => sources.includes(name));
  if (shops.length > 0 && shops.every(isDown)) return 'down';
  return parts.some(({ status }) => status === 'degraded' || status === 'down') ? 'degraded' : 'fine';
}

export function partText({ title, status, facts, problems }: Part, locale: Locale): string {
  const mark = status === 'ok' ? '✓' : status === 'unused' ? '–' : '✗';
  const below = labelsRows() ? `${title}: ` : '    ';
  const indented = (text: string) => text.replaceAll('\n', `\n${below}`);
  const [first, ...more] = problems;
  const lines = [`${mark} ${title}${first === undefined ? '' : `: ${indented(first.what)}`}`];
  const remedy = (problem: Problem | undefined) =>
    problem?.remedy === undefined ? [] : [`${below}${WORDS[locale].remedy}: ${indented(problem.remedy)}`];
  lines.push(...remedy(first));
  for (const problem of more) lines.push(`${below}${indented(problem.what)}`, ...remedy(problem));
  return `${[...lines, ...facts.map((fact) => `${below}${indented(fact)}`)].join('\n')}\n`;
}
