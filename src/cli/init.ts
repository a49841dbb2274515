import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { formatEnvValue } from '../../config/dotenv.js';
import { Secret } from '../domain/secret.js';
import { AppError, EXIT } from '../errors.js';
import { redact } from '../ops/secrets.js';
import type { CommandContext } from './context.js';
import { type Asker, Cancelled, terminalAsker } from './init/asker.js';
import { envText } from './init/env-text.js';
import { excludedGroups, givenAnswers } from './init/given.js';
import { INIT_WORDS } from './init/languages.js';
import { requireAnswers } from './init/missing.js';
import { liveProbe, settingsWith } from './init/probes.js';
import { type Answers, isSecret, QUESTIONS, type QuestionName } from './init/questions.js';
import { type Replaced, refuseExisting, type Target, targetAt, writeSettings } from './init/settings-file.js';
import { agrees, type Interview, settle } from './init/settle.js';
import { LANGUAGE, type OnFailure } from './init/words.js';
import { type Locale, localeOf } from './words.js';

/** By convention 128 + the number of SIGINT. */
const INTERRUPTED = 130;
const TOKEN_BYTES = 24;

type Options = Readonly<Record<string, unknown>>;

/**
 * `inventory-sync init`: asks for what the program needs, tries each answer, and writes `.env`. Until the very end
 * nothing is written, and then the whole file at once.
 */
export async function init(
  options: Options,
  context: CommandContext,
  askerFor: (signal: AbortSignal) => Asker = terminalAsker,
): Promise<number> {
  context.note('told');
  // From here on a signal does not end the process in the middle of writing.
  const { signal } = context.shutdown;
  try {
    const isAttended = options.yes !== true && process.stdin.isTTY === true && process.stdout.isTTY === true;
    return await withSignal(signal, setUp(options, context, isAttended ? askerFor(signal) : null));
  } catch (error) {
    if (!(error instanceof Cancelled) && !signal.aborted) throw error;
    context.say(INIT_WORDS[context.locale].nothingWritten);
    return context.signalExitCode ?? INTERRUPTED;
  }
}

async function setUp(options: Options, context: CommandContext, asker: Asker | null): Promise<number> {
  const locale = await localeFor(options, asker);
  context.speak(locale);
  const given = givenAnswers(options, process.env, locale);
  const excluded = excludedGroups(options);
  if (asker === null) requireAnswers(given, excluded, locale);
  const target = await targetFor(options, locale, asker);
  if (target === null) {
    context.say(INIT_WORDS[locale].nothingWritten);
    return EXIT.ok;
  }
  settingsWith(new Map(), process.env);
  const interview: Interview = {
    ...{ locale, given, excluded, asker },
    probe: options.skipTests === true ? null : liveProbe(process.env),
    onFailure: options.onFailure as OnFailure | undefined,
    tell: (line, known) => context.print(`${redact(line, secretsOf(known))}\n`),
  };
  const { answers, failed } = await settle(interview);
  if (failed.length > 0) {
    const { groups, testsFailed, testsFailedRemedy } = INIT_WORDS[locale];
    const names = failed.map((group) => groups[group]).join(', ');
    context.complain(new AppError('CONFIG_INVALID', testsFailed(names), { remedy: testsFailedRemedy }));
    return EXIT.failed;
  }
  const token = await dashboardToken(options, interview);
  const all: Answers = token === undefined ? answers : new Map([...answers, ['DASHBOARD_TOKEN', token]]);
  // The same judge that every later command has; nothing of what it says names a file that is not there yet.
  settingsWith(all, process.env);
  report(writeSettings(target, envText(all, locale), locale), target, all, context);
  return EXIT.ok;
}

async function localeFor(options: Options, asker: Asker | null): Promise<Locale> {
  const told = typeof options.locale === 'string' ? options.locale : process.env.LOCALE;
  if (asker === null || (told !== undefined && told.trim() !== '')) return localeOf(told);
  return await asker.choose(LANGUAGE, [
    { value: 'ru', label: 'Русский' },
    { value: 'en', label: 'English' },
  ]);
}

/** @returns null where the person would rather leave everything as it is */
async function targetFor(options: Options, locale: Locale, asker: Asker | null): Promise<Target | null> {
  const words = INIT_WORDS[locale];
  let target = targetAt(String(options.out ?? options.envFile ?? '.env'), locale);
  while (target.exists && options.force !== true) {
    if (asker === null) refuseExisting(target, locale);
    const choice = await asker.choose(words.exists(target.path), [
      { value: 'stop', label: words.stopHere },
      { value: 'overwrite', label: words.overwrite },
      { value: 'elsewhere', label: words.elsewhere },
    ]);
    if (choice === 'stop') return null;
    if (choice === 'overwrite') return target;
    const required = (text: string) => (text.trim() === '' ? words.needed : undefined);
    target = targetAt((await asker.text(words.whereTo, undefined, required)).trim(), locale);
  }
  return target;
}

/** Given, made here, or none. */
async function dashboardToken(
  options: Options,
  { given, asker, locale }: Interview,
): Promise<string | undefined> {
  if (options.dashboardToken === false) return undefined;
  const own = given.get('DASHBOARD_TOKEN');
  if (own !== undefined) return own;
  if (asker !== null && !(await agrees(asker, INIT_WORDS[locale].makeToken, locale))) return undefined;
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

function report(
  replaced: Replaced | null,
  { path }: Target,
  answers: Answers,
  context: CommandContext,
): void {
  const words = INIT_WORDS[context.locale];
  const lines = [words.written(path)];
  const isWritten = (name: string) => answers.has(name as QuestionName);
  if (replaced !== null) {
    lines.push(words.backup(replaced.backup));
    const lost = replaced.names.filter((name) => !isWritten(name));
    if (lost.length > 0) lines.push(words.lost(lost.join(', ')));
  }
  const stronger = QUESTIONS.filter((name) => {
    const outside = process.env[name] ?? '';
    return outside !== '' && outside !== answers.get(name);
  });
  if (stronger.length > 0) lines.push(words.stronger(stronger.join(', ')));
  if (!isWritten('OZON_API_KEY') && !isWritten('WB_API_KEY')) lines.push(words.noMarketplace);
  lines.push(words.next(nextCommands(path)));
  context.print(`${lines.join('\n')}\n`);
}

/** A file that is not found by itself is named on each command line. */
function nextCommands(path: string): string[] {
  const isFound = path === join(resolve('.'), '.env');
  const program = isFound ? 'inventory-sync' : `inventory-sync --env-file ${formatEnvValue(path)}`;
  return ['migrate', 'topics create', 'check', 'sync --test-mode'].map((command) => `${program} ${command}`);
}

function secretsOf(answers: Answers): Secret[] {
  return [...answers].filter(([name]) => isSecret(name)).map(([, text]) => new Secret(text));
}

/** Servers that say nothing are not waited for by who has been told to stop. */
async function withSignal<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return await Promise.race([work, stopped]);
}
