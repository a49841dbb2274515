import type { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commandLine } from '../../../src/cli/command-line.js';
import { HELP_RU } from '../../../src/cli/commands/help-ru.js';

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

function helpOf(locale: string): string {
  vi.stubEnv('LOCALE', locale);
  return all(commandLine(async () => undefined))
    .map((command) => command.helpInformation())
    .join('\n');
}

describe('help', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('has Russian for every command, option and argument, and none for what is no more', () => {
    const said = all(commandLine(async () => undefined)).flatMap((command) => [
      command.description(),
      ...command.options.map(({ description }) => description),
      ...command.registeredArguments.map(({ description }) => description),
    ]);
    // A name of a setting says the same in both languages.
    const needed = new Set(said.filter((text) => !/^[A-Z_]+$/u.test(text)));
    expect([...needed].filter((text) => HELP_RU[text] === undefined)).toEqual([]);
    const headings = /^(?:(?:Usage|Arguments|Options|Global Options|Commands):|display help for command)$/u;
    expect(Object.keys(HELP_RU).filter((text) => !needed.has(text) && !headings.test(text))).toEqual([]);
    for (const [english, russian] of Object.entries(HELP_RU)) {
      expect(russian, english).toMatch(/[а-яё]{3}/u);
      expect(russian, english).not.toMatch(/\.$/u.test(english) ? /[^.]$/u : /\.$/u);
    }
  });

  it('is in the language of LOCALE, headings and choices too', () => {
    const russian = helpOf('ru');
    expect(russian).toContain('Использование: inventory-sync sync [options]');
    expect(russian).toMatch(
      /--source <name> {4}какой маркетплейс \(можно: "all", .*\n.*по умолчанию: "all"\)/u,
    );
    expect(russian).not.toMatch(/Usage|Options:|Commands:|choices:|default:|display help/u);
    expect(helpOf('en')).not.toMatch(/[а-яё]/u);
  });
});
