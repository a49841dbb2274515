import { FORMATS } from '../../../config/formats.js';
import { SETTINGS } from '../../../config/schema.js';
import type { Locale } from '../words.js';
import { EXPECTED, NOT_UTF8 } from './expected.js';

/** Settings that belong together and are tried together. */
export const GROUPS = {
  ozon: ['OZON_CLIENT_ID', 'OZON_API_KEY'],
  wildberries: ['WB_API_KEY'],
  database: ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASSWORD'],
  kafka: ['KAFKA_BROKERS'],
  mail: ['SMTP_HOST', 'SMTP_PORT', 'SMTP_USER', 'SMTP_PASSWORD', 'ALERT_EMAIL'],
} as const;

export type GroupName = keyof typeof GROUPS;
export type GroupQuestion = (typeof GROUPS)[GroupName][number];
export type QuestionName = GroupQuestion | 'LOCALE' | 'DASHBOARD_TOKEN';

/** Texts as they would stand in `.env`, unquoted. */
export type Answers = ReadonlyMap<QuestionName, string>;

export const GROUP_NAMES = Object.keys(GROUPS) as GroupName[];

/** The program works without these. */
export const OPTIONAL_GROUPS: readonly GroupName[] = ['ozon', 'wildberries', 'mail'];

/** Everything that the wizard settles, in the order of the file. */
export const QUESTIONS: readonly QuestionName[] = [
  'LOCALE',
  ...GROUP_NAMES.flatMap((group) => GROUPS[group]),
  'DASHBOARD_TOKEN',
];

const SETTING_OF = new Map(SETTINGS.map((setting) => [setting.env, setting]));

function settingOf(name: QuestionName) {
  const setting = SETTING_OF.get(name);
  if (setting === undefined) throw new Error(`${name} is no setting`);
  return setting;
}

export function isSecret(name: QuestionName): boolean {
  return settingOf(name).sensitive;
}

/** What counts where nothing is answered; undefined where an answer is needed. */
export function defaultOf(name: QuestionName): string | undefined {
  const { default: fallback } = settingOf(name);
  return fallback === null || fallback === '' ? undefined : String(fallback);
}

/** A mail server may want no login; but user and password go together. */
export function isNeeded(name: QuestionName, known: Answers): boolean {
  if (name === 'SMTP_USER') return known.has('SMTP_PASSWORD');
  if (name === 'SMTP_PASSWORD') return known.has('SMTP_USER');
  return true;
}

/** The option that answers it. A secret's value on a command line is seen by all users of a machine: its file is named. */
export function flagOf(name: QuestionName): string {
  const words = name.toLowerCase().replaceAll('_', '-');
  return isSecret(name) ? `--${words}-file` : `--${words}`;
}

/** The option as commander hands it over. */
export function optionKeyOf(name: QuestionName): string {
  return flagOf(name)
    .slice(2)
    .replace(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}

/** Keys and names are pasted with blanks around them; a password may begin with one. */
export function tidied(name: QuestionName, text: string): string {
  return name.endsWith('PASSWORD') ? text : text.trim();
}

/** What is wrong with an answer's form, never with the answer in it; undefined where nothing is. */
export function formProblem(name: QuestionName, text: string, locale: Locale): string | undefined {
  // What decoding puts in place of bytes that are no UTF-8; in the file it would be refused.
  if (text.includes('\uFFFD')) return NOT_UTF8[locale];
  const setting = settingOf(name);
  const format = FORMATS[setting.format];
  if (format.fits(format.read(text) ?? text, setting)) return undefined;
  return EXPECTED[locale](setting.format, format.expected(setting));
}
