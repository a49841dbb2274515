import { type Command, CommanderError } from 'commander';
import { EXIT, exitCodeOf } from '../errors.js';
import { commandLine, localeOfLine } from './command-line.js';
import type { CommandModule } from './commands/run-command.js';
import type { CommandContext } from './context.js';
import { isWatched, printPlainly } from './manner.js';
import { WORDS } from './words.js';

/** Runs one command line to its end and ends the process with its exit code. */
export async function launch(args: readonly string[]): Promise<void> {
  // Whoever reads our output may hang up (`inventory-sync … | head`): the work goes on, and its result counts.
  let unwritten: unknown;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unwritten ??= error;
  });
  process.stderr.on('error', () => undefined);
  let exitCode: number = EXIT.ok;
  const program = commandLine(async (name, load, options) => {
    exitCode = await runCommand(name, load, options);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    exitCode = usageExitCode(error, program);
  }
  await flushed(process.stdout);
  if (unwritten !== undefined) {
    const locale = localeOfLine(program);
    const subject = WORDS[locale].noOutput;
    const { errorText } = await import('./error-text.js');
    process.stderr.write(errorText(unwritten, { locale, debug: false, subject }));
    if (exitCode === EXIT.ok) exitCode = EXIT.failed;
  }
  await flushed(process.stderr);
  // Clients that are still trying to reach a server would keep the process for as long as they try.
  process.exit(exitCode);
}

async function runCommand(
  command: string,
  load: () => Promise<CommandModule>,
  options: Record<string, unknown>,
): Promise<number> {
  const envFile = typeof options.envFile === 'string' ? options.envFile : undefined;
  printPlainly(options.plain === true);
  const { CommandContext } = await import('./context.js');
  const context = new CommandContext({ command, envFile });
  // What nobody caught is told like any error, without secrets, instead of by Node with all that it knows.
  process.on('uncaughtException', (error) => {
    context.complain(error);
    process.exit(EXIT.failed);
  });
  const exitCode = await runToItsEnd(load, options, context);
  await sayNextStep(context, options, exitCode);
  context.dispose(exitCode);
  return exitCode;
}

/** For people, and not for one who has just pressed Ctrl-C. What a timetable runs says nothing more into cron's mails. */
async function sayNextStep(
  context: CommandContext,
  options: Record<string, unknown>,
  exitCode: number,
): Promise<void> {
  const { command, notes } = context;
  if (isForPrograms(options) || context.signalExitCode !== null) return;
  const { isOfTimetable, nextLine } = await import('./next-step.js');
  const done = { command, exitCode, options, notes };
  if (isOfTimetable(done) && !isWatched(process.stdout, process.stderr)) return;
  const line = nextLine(done, context.locale);
  if (line !== null) context.say(line);
}

function isForPrograms({ json, raw }: Record<string, unknown>): boolean {
  return json === true || raw === true;
}

async function runToItsEnd(
  load: () => Promise<CommandModule>,
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  try {
    const run = await load();
    return await run(options, context);
  } catch (error) {
    // Told to stop, it stopped: that is no error.
    if (context.signalExitCode !== null) return context.signalExitCode;
    context.complain(error);
    return exitCodeOf(error);
  }
}

/** Commander has said what is wrong by now, unless it was asked for help or the version. */
function usageExitCode(error: unknown, program: Command): number {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return EXIT.ok;
  const words = WORDS[localeOfLine(program)];
  if (error.code !== 'commander.help') process.stderr.write(`${words.remedy}: ${words.seeHelp}\n`);
  return EXIT.usage;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
