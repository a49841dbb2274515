import { isAppError } from '../../errors.js';
import { toldHere } from '../check/told-here.js';
import { type Locale, WORDS } from '../words.js';
import type { Asker } from './asker.js';
import { INIT_WORDS } from './languages.js';
import type { Probe } from './probes.js';
import {
  type Answers,
  defaultOf,
  formProblem,
  GROUP_NAMES,
  GROUPS,
  type GroupName,
  type GroupQuestion,
  isNeeded,
  isSecret,
  OPTIONAL_GROUPS,
  type QuestionName,
  tidied,
} from './questions.js';
import type { OnFailure } from './words.js';

export interface Interview {
  readonly locale: Locale;
  /** What came with the command is not asked. */
  readonly given: Answers;
  /** Not even asked about. */
  readonly excluded: ReadonlySet<GroupName>;
  /** Null where nobody may be asked: `given` is all there is, and complete. */
  readonly asker: Asker | null;
  /** Null where nothing is tried. */
  readonly probe: Probe | null;
  /** What becomes of a group that fails its test; undefined: who answers decides. */
  readonly onFailure: OnFailure | undefined;
  /** Tells people; the answers say which secrets must not be in it. */
  readonly tell: (line: string, answers: Answers) => void;
}

export interface Settled {
  readonly answers: Answers;
  /** Groups that failed and were neither kept nor left out. */
  readonly failed: readonly GroupName[];
}

/** Group by group: asks what was not given, tries it, and does what is wanted where that fails. */
export async function settle(interview: Interview): Promise<Settled> {
  const answers = new Map<QuestionName, string>([['LOCALE', interview.locale]]);
  const failed: GroupName[] = [];
  for (const group of GROUP_NAMES) {
    if (!(await isWanted(group, interview))) continue;
    const outcome = await settleGroup(group, interview);
    if (outcome === 'failed') failed.push(group);
    else for (const [name, text] of outcome) answers.set(name, text);
  }
  return { answers, failed };
}

/** Part of a group was given: then the rest of it is wanted too. */
async function isWanted(group: GroupName, { excluded, given, asker, locale }: Interview): Promise<boolean> {
  if (excluded.has(group)) return false;
  const question = INIT_WORDS[locale].uses[group];
  if (question === undefined || GROUPS[group].some((name) => given.has(name))) return true;
  if (asker === null) return !OPTIONAL_GROUPS.includes(group);
  return await agrees(asker, question, locale);
}

/** @returns what goes into the file, nothing where the group is left out */
async function settleGroup(group: GroupName, interview: Interview): Promise<Answers | 'failed'> {
  let known: Answers = new Map(GROUPS[group].flatMap((name) => entryOf(name, interview.given)));
  for (let round = 1; ; round += 1) {
    const answers = await answersOf(group, known, round > 1, interview);
    if (await passes(group, answers, interview)) return answers;
    const verdict = interview.onFailure ?? (await wish(interview));
    if (verdict === 'keep') return answers;
    if (verdict === 'leave-out') return new Map();
    if (verdict === 'stop') return 'failed';
    known = answers;
  }
}

function entryOf(name: QuestionName, answers: Answers): [QuestionName, string][] {
  const text = answers.get(name);
  return text === undefined ? [] : [[name, text]];
}

/** @param again the former answers did not do: each is asked for, and may be kept */
async function answersOf(
  group: GroupName,
  known: Answers,
  again: boolean,
  { asker, locale }: Interview,
): Promise<Answers> {
  const answers = new Map<QuestionName, string>();
  for (const name of GROUPS[group]) {
    const former = known.get(name);
    if (name === 'SMTP_PASSWORD' && !isNeeded(name, answers)) continue;
    const isSettled = asker === null || (former !== undefined && !again);
    const text = isSettled ? (former ?? defaultOf(name)) : await ask(asker, name, known, locale);
    if (text !== undefined && text !== '') answers.set(name, text);
  }
  return answers;
}

async function ask(asker: Asker, name: GroupQuestion, known: Answers, locale: Locale): Promise<string> {
  const words = INIT_WORDS[locale];
  const question = words.questions[name];
  const former = known.get(name);
  const mayBeEmpty = !isNeeded(name, known);
  const check = (text: string) => {
    const answer = tidied(name, text);
    if (answer !== '') return formProblem(name, answer, locale);
    return mayBeEmpty ? undefined : words.needed;
  };
  if (!isSecret(name)) return tidied(name, await asker.text(question, former ?? defaultOf(name), check));
  if (former === undefined) return tidied(name, await asker.secret(question, check));
  const mayKeep = (text: string) => (text === '' ? undefined : check(text));
  return tidied(name, (await asker.secret(`${question} (${words.keepsFormer})`, mayKeep)) || former);
}

async function passes(group: GroupName, answers: Answers, interview: Interview): Promise<boolean> {
  const { probe, locale, tell } = interview;
  if (probe === null) return true;
  const words = INIT_WORDS[locale];
  tell(words.trying(words.groups[group]), answers);
  try {
    const details = await probe(group, new Map([['LOCALE', locale], ...answers]));
    tell([`✓ ${words.groups[group]}`, ...details.map((line) => `    ${line}`)].join('\n'), answers);
    return true;
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { what, remedy } = toldHere(error, locale);
    const lines = [`✗ ${words.groups[group]}: ${what}`];
    lines.push(`    ${WORDS[locale].remedy}: ${remedy}`);
    tell(lines.join('\n'), answers);
    return false;
  }
}

async function wish({ asker, locale }: Interview): Promise<OnFailure | 'again'> {
  const words = INIT_WORDS[locale];
  if (asker === null) return 'stop';
  return await asker.choose<OnFailure | 'again'>(words.refused, [
    { value: 'again', label: words.tryAgain },
    { value: 'keep', label: words.keepAnyway },
    { value: 'leave-out', label: words.leaveOut },
  ]);
}

/** Yes or no. */
export async function agrees(asker: Asker, question: string, locale: Locale): Promise<boolean> {
  const { yes, no } = INIT_WORDS[locale];
  const choices = [
    { value: 'yes' as const, label: yes },
    { value: 'no' as const, label: no },
  ];
  return (await asker.choose(question, choices)) === 'yes';
}
