import { Help, type HelpConfiguration } from 'commander';
import type { Locale } from '../words.js';
import { HELP_RU } from './help-ru.js';

/** What stands behind a description. */
const BEHIND: readonly (readonly [RegExp, string])[] = [
  [/(?<=[(,] ?)choices: /u, 'можно: '],
  [/(?<=[(,] ?)default: /u, 'по умолчанию: '],
];

export function helpText(text: string, locale: Locale): string {
  return locale === 'ru' ? (HELP_RU[text] ?? text) : text;
}

/** For commander: everything that `--help` says, in the reader's language. */
export function helpIn(locale: () => Locale): HelpConfiguration {
  const said = (text: string) => helpText(text, locale());
  const withBehind = (whole: string, description: string) => {
    if (locale() === 'en') return whole;
    const behind = whole.slice(description.length);
    return said(description) + BEHIND.reduce((text, [english, ru]) => text.replace(english, ru), behind);
  };
  const plain = new Help();
  return {
    styleTitle: said,
    commandDescription: (command) => said(plain.commandDescription(command)),
    subcommandDescription: (command) => said(plain.subcommandDescription(command)),
    optionDescription: (option) => withBehind(plain.optionDescription(option), option.description),
    argumentDescription: (argument) => withBehind(plain.argumentDescription(argument), argument.description),
  };
}
