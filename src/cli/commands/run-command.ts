import type { CommandContext } from '../context.js';

/** A command: answers its exit code, or throws what is then told and judged by its code. */
export type CommandModule = (options: Record<string, unknown>, context: CommandContext) => Promise<number>;

/** Loads the command's module only when it is to run: asking for help must not load Kafka and database clients. */
export type RunCommand = (
  name: string,
  load: () => Promise<CommandModule>,
  options: Record<string, unknown>,
) => Promise<void>;
