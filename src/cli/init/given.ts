import { readFileSync } from 'node:fs';
import { reasonOf } from '../../../config/env-file.js';
import type { Environment } from '../../../config/resolve.js';
import { AppError } from '../../errors.js';
import type { Locale } from '../words.js';
import { INIT_WORDS } from './languages.js';
import {
  type Answers,
  flagOf,
  formProblem,
  GROUP_NAMES,
  GROUPS,
  type GroupName,
  isSecret,
  optionKeyOf,
  QUESTIONS,
  type QuestionName,
  tidied,
} from './questions.js';

type Options = Readonly<Record<string, unknown>>;

const STDIN = 0;

/**
 * The answers that came with the command: an option before the environment. Secrets come from the file that an option
 * names (`-`: stdin), from their own name in the environment, or from the file that NAME_FILE names there.
 *
 * @throws AppError USAGE naming all that cannot be used, never with a value
 */
export function givenAnswers(options: Options, env: Environment, locale: Locale): Answers {
  const answers = new Map<QuestionName, string>();
  const problems: string[] = [];
  const fromStdin = QUESTIONS.filter((name) => isSecret(name) && options[optionKeyOf(name)] === '-');
  if (fromStdin.length > 1) problems.push(INIT_WORDS[locale].oneStdin(fromStdin.map(flagOf).join(', ')));
  const readOnce = problems.length === 0;
  for (const name of QUESTIONS) {
    try {
      const text = readOnce ? answerOf(name, options, env) : undefined;
      if (text === undefined || (text === '' && !isSecret(name))) continue;
      const problem = formProblem(name, text, locale);
      if (problem === undefined) answers.set(name, text);
      else problems.push(`${name}: ${problem}`);
    } catch (error) {
      problems.push(`${name}: ${INIT_WORDS[locale].unreadable(sourceOf(name, options), reasonOf(error))}`);
    }
  }
  problems.push(...contradictions(options, locale));
  if (problems.length === 0) return answers;
  throw new AppError('USAGE', problems.join('\n  '), { remedy: INIT_WORDS[locale].seeHelp });
}

/** Groups that were ruled out by an option. */
export function excludedGroups(options: Options): ReadonlySet<GroupName> {
  const isOut: Readonly<Partial<Record<GroupName, boolean>>> = {
    ozon: options.ozon === false,
    wildberries: options.wb === false,
    mail: options.mail === false,
  };
  return new Set(GROUP_NAMES.filter((group) => isOut[group] === true));
}

function contradictions(options: Options, locale: Locale): string[] {
  const groups = [...excludedGroups(options)];
  return groups.flatMap((group) => {
    const both = GROUPS[group].filter((name) => options[optionKeyOf(name)] !== undefined).map(flagOf);
    const excluding = group === 'wildberries' ? '--no-wb' : `--no-${group}`;
    return both.length === 0 ? [] : [INIT_WORDS[locale].contradiction(excluding, both.join(', '))];
  });
}

function answerOf(name: QuestionName, options: Options, env: Environment): string | undefined {
  const option = options[optionKeyOf(name)];
  if (typeof option === 'string') return isSecret(name) ? secretIn(name, option) : tidied(name, option);
  const own = tidied(name, env[name] ?? '');
  if (own !== '') return own;
  const file = isSecret(name) ? env[`${name}_FILE`]?.trim() : undefined;
  return file === undefined || file === '' ? undefined : secretIn(name, file);
}

/** Ends of lines behind it are an editor's. */
function secretIn(name: QuestionName, path: string): string {
  const text = readFileSync(path === '-' ? STDIN : path, 'utf8');
  return tidied(name, text.replace(/^\uFEFF/u, '').replace(/[\r\n]+$/u, ''));
}

/** A path might be the secret itself, given in the wrong place: it is not repeated. */
function sourceOf(name: QuestionName, options: Options): string {
  return options[optionKeyOf(name)] === undefined ? `${name}_FILE` : flagOf(name);
}
