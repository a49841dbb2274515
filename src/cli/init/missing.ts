import { AppError } from '../../errors.js';
import type { Locale } from '../words.js';
import { INIT_WORDS } from './languages.js';
import {
  type Answers,
  defaultOf,
  flagOf,
  GROUP_NAMES,
  GROUPS,
  type GroupName,
  isNeeded,
  isSecret,
  OPTIONAL_GROUPS,
  type QuestionName,
} from './questions.js';

const MARKETPLACES: readonly GroupName[] = ['ozon', 'wildberries'];

/**
 * Where nobody may be asked, everything without a default must have been given: of the database always, of a
 * marketplace and of mail where part of it was. Of the marketplaces one will do, and none only where both were ruled out.
 *
 * @throws AppError USAGE naming what is missing and what gives it
 */
export function requireAnswers(given: Answers, excluded: ReadonlySet<GroupName>, locale: Locale): void {
  const words = INIT_WORDS[locale];
  const isBegun = (group: GroupName) => GROUPS[group].some((name) => given.has(name));
  const open = MARKETPLACES.filter((group) => !excluded.has(group));
  const isNoneSet = open.length > 0 && !open.some(isBegun);
  const wanted = GROUP_NAMES.filter(
    (group) =>
      !excluded.has(group) &&
      (isBegun(group) || !OPTIONAL_GROUPS.includes(group) || (isNoneSet && MARKETPLACES.includes(group))),
  );
  const names = wanted
    .flatMap((group): readonly QuestionName[] => GROUPS[group])
    .filter((name) => !given.has(name) && isNeeded(name, given) && defaultOf(name) === undefined);
  if (names.length === 0) return;
  const lines = names.map((name) => words.orEnvironment(`${flagOf(name)} <${valueOf(name)}>`, name));
  if (isNoneSet && open.length > 1) lines.push(words.oneIsEnough);
  throw new AppError('USAGE', words.missing(lines), { remedy: words.missingRemedy });
}

function valueOf(name: QuestionName): string {
  return isSecret(name) ? 'path' : 'value';
}
