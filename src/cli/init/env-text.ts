import { formatEnvValue } from '../../../config/dotenv.js';
import type { Locale } from '../words.js';
import { INIT_WORDS } from './languages.js';
import { type Answers, GROUP_NAMES, GROUPS, type QuestionName } from './questions.js';

/** The whole `.env`: every question with a comment in the reader's language, what was left out with no value. */
export function envText(answers: Answers, locale: Locale): string {
  const words = INIT_WORDS[locale];
  const lines = (names: readonly QuestionName[]) =>
    names.flatMap((name) => [
      `# ${words.comments[name]}`,
      `${name}=${formatEnvValue(answers.get(name) ?? '')}`,
    ]);
  const groups = GROUP_NAMES.map((group) => {
    const isSet = GROUPS[group].some((name) => answers.has(name));
    const note = isSet ? [] : [`# ${words.leftOut}`];
    return [`# --- ${words.groups[group]} ---`, ...note, ...lines(GROUPS[group])];
  });
  const parts = [
    words.head.map((line) => `# ${line}`),
    lines(['LOCALE']),
    ...groups,
    [`# --- ${words.groups.dashboard} ---`, ...lines(['DASHBOARD_TOKEN'])],
  ];
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}
