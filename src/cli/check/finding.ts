import { type Locale, WORDS } from '../words.js';
import { toldHere } from './told-here.js';

export interface Problem {
  /** A warning is worth a look and fails nothing. */
  readonly level: 'warning' | 'error';
  readonly what: string;
  readonly remedy: string;
}

/** What came of a look: lines for people, or why there is nothing to look at. */
export type Finding =
  | {
      readonly details: readonly string[];
      readonly problems?: readonly Problem[];
      /** Figures for programs. */
      readonly data?: Readonly<Record<string, unknown>>;
    }
  | { readonly unused: string };

export interface Check {
  /** For programs. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Something that is connected to: its line says so in the guide's words. */
  readonly isConnection?: boolean;
  readonly run: () => Promise<Finding>;
}

export interface Checked extends Pick<Check, 'id' | 'name' | 'isConnection'> {
  readonly finding?: Finding;
  readonly error?: unknown;
}

export type CheckStatus = 'ok' | 'warning' | 'failed' | 'unused';

export async function attempt({ run, ...about }: Check): Promise<Checked> {
  try {
    return { ...about, finding: await run() };
  } catch (error) {
    return { ...about, error };
  }
}

export function statusOf({ finding }: Checked): CheckStatus {
  if (finding === undefined) return 'failed';
  if ('unused' in finding) return 'unused';
  const levels = (finding.problems ?? []).map(({ level }) => level);
  if (levels.includes('error')) return 'failed';
  return levels.length > 0 ? 'warning' : 'ok';
}

interface Told {
  /** Behind the heading. */
  readonly head: string;
  /** Below it. */
  readonly lines: readonly string[];
}

const MARKS: Readonly<Record<CheckStatus, string>> = { ok: '✓', warning: '!', failed: '✗', unused: '–' };

/** @param labelled each line by itself, behind the name of what it is about */
export function linesOf(checked: Checked, locale: Locale, labelled = false): string {
  const { head, lines } = told(checked, locale);
  const indent = labelled ? `${checked.name}: ` : '    ';
  const first = `${markOf(checked)} ${checked.name}${head.replaceAll('\n', '\n    ')}`;
  const rest = lines.flatMap((line) => line.split('\n')).map((line) => `${indent}${line}`);
  return `${[first, ...rest].join('\n')}\n`;
}

/** The guide's own lines stay as they are: what is reached is reached, and a warning stands below. */
function markOf(checked: Checked): string {
  const status = statusOf(checked);
  return MARKS[status === 'warning' && checked.isConnection === true ? 'ok' : status];
}

function told(checked: Checked, locale: Locale): Told {
  const { finding, error, isConnection } = checked;
  const remedyLine = (remedy: string) => `${WORDS[locale].remedy}: ${remedy}`;
  if (finding === undefined) {
    const { what, remedy } = toldHere(error, locale);
    return { head: `: ${what}`, lines: [remedyLine(remedy)] };
  }
  if ('unused' in finding) return { head: `: ${finding.unused}`, lines: [] };
  const problems = gravestFirst(finding.problems ?? []);
  const texts = problems.map(({ what, remedy }) => [what, remedyLine(remedy)]);
  if (isConnection === true) {
    const marked = problems.flatMap(({ level, what, remedy }) => [
      `${level === 'error' ? MARKS.failed : MARKS.warning} ${what}`,
      remedyLine(remedy),
    ]);
    return { head: ' connection successful', lines: [...finding.details, ...marked] };
  }
  const [first, ...more] = texts;
  if (first === undefined) return { head: '', lines: finding.details };
  const [what, ...remedies] = first;
  return { head: `: ${what}`, lines: [...remedies, ...more.flat(), ...finding.details] };
}

function gravestFirst(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => Number(b.level === 'error') - Number(a.level === 'error'));
}

/** For programs. */
export function documentOf(checked: Checked, locale: Locale): object {
  const { id, name, finding, error } = checked;
  const base = { id, name, status: statusOf(checked) };
  if (finding === undefined) {
    const { what, remedy } = toldHere(error, locale);
    return { ...base, details: [], problems: [{ level: 'error', what, remedy }] };
  }
  if ('unused' in finding) return { ...base, details: [finding.unused], problems: [] };
  const { details, problems = [], data = {} } = finding;
  return { ...base, details, problems, data };
}
