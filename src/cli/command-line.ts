import { Command } from 'commander';
import { withoutLikelySecrets } from '../../config/secret-looks.js';
import { programVersion } from '../ops/version.js';
import { addDaily } from './commands/daily.js';
import { helpIn } from './commands/help-language.js';
import { addLocal } from './commands/local.js';
import { addOperations } from './commands/operations.js';
import type { RunCommand } from './commands/run-command.js';
import { addSetUp } from './commands/set-up.js';
import { withMessage } from './errors/sentence.js';
import { misuseInRussian } from './errors/usage-ru.js';
import { localeBeforeSettings } from './reader-locale.js';
import { type Locale, WORDS } from './words.js';

/** All commands and their options. Every new command is one more `add…` in `commands/` and one module here. */
export function commandLine(run: RunCommand): Command {
  let known: Locale | undefined;
  // Asked for every line of a help text, and found in a file.
  const locale = () => (known ??= localeOfLine(program));
  const program: Command = new Command('inventory-sync')
    .description(
      'One true picture of your stock on Ozon and Wildberries: polled, streamed through Kafka into MySQL.',
    )
    .version(programVersion())
    .option(
      '--env-file <path>',
      'settings file; default: .env in the working folder, then in the install folder',
    )
    .option(
      '--plain',
      'no colour, nothing redrawn or drawn, rows that name their columns: for screen readers and grep',
    )
    .configureHelp({ showGlobalOptions: true, ...helpIn(locale) })
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(localised(text, locale())) })
    .showHelpAfterError(false);
  addSetUp(program, run);
  addDaily(program, run);
  addOperations(program, run);
  addLocal(program, run);
  return program;
}

/** The language in which to refuse a command line. */
export function localeOfLine(program: Command): Locale {
  const { envFile } = program.opts<{ envFile?: string }>();
  return localeBeforeSettings(envFile);
}

/** Commander begins its complaints with «error:», puts a guess on a line of its own, and quotes what it was given. */
function localised(text: string, locale: Locale): string {
  const message = withoutLikelySecrets(text, process.env)
    .replace(/^error: /, '')
    .trimEnd();
  const line = message.replaceAll('\n', ' ');
  const what = locale === 'ru' ? withMessage(misuseInRussian(line), line) : message;
  return `${WORDS[locale].error}: ${what}\n`;
}
