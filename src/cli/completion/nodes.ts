import type { Command, Option } from 'commander';
import { helpText } from '../commands/help-language.js';
import type { Locale } from '../words.js';

/** What may stand behind an option: one of these words, or something that the shell can look up, or anything. */
export type OptionValue = readonly string[] | 'file' | 'folder' | 'anything';

export interface CommandOption {
  /** `--json`, `-V`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Null where it takes none. */
  readonly value: OptionValue | null;
}

/** A place in the tree of commands, with what may follow there. */
export interface CommandNode {
  /** The words that lead there; none for the program itself. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Its own ones and those of the commands above it. */
  readonly options: readonly CommandOption[];
  /** Values of its arguments, where they are a closed list. */
  readonly choices: readonly string[];
}

/** Every command of the tree, the root first. */
export function nodesOf(program: Command, locale: Locale): CommandNode[] {
  const described = (option: Option) => ({
    ...describe(option),
    description: helpText(option.description, locale),
  });

  const visit = (command: Command, path: readonly string[]): CommandNode[] => {
    const help = command.createHelp();
    const commands = help.visibleCommands(command);
    const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
    const node: CommandNode = {
      path,
      commands: commands.map((inner) => ({
        name: inner.name(),
        description: helpText(inner.description(), locale),
      })),
      // The version is the program's; below it nobody asks.
      options: unique(
        options.filter((option) => path.length === 0 || option.long !== '--version').map(described),
      ),
      choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    };
    return [node, ...command.commands.flatMap((inner) => visit(inner, [...path, inner.name()]))];
  };
  return visit(program, []);
}

function describe(option: Option): Omit<CommandOption, 'description'> {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined);
  return { flags, value: valueOf(option) };
}

/** What its help calls a path or a folder the shell can look up. */
function valueOf({ flags, required, optional, argChoices }: Option): OptionValue | null {
  if (!required && !optional) return null;
  if (argChoices !== undefined) return argChoices;
  if (/[<[]path[>\]]/u.test(flags)) return 'file';
  return /[<[]folder[>\]]/u.test(flags) ? 'folder' : 'anything';
}

function unique(options: readonly CommandOption[]): CommandOption[] {
  return [...new Map(options.map((option) => [option.flags.join(), option])).values()];
}

/** A node by one text: each word of its path with a blank before it. */
export function keyOf(path: readonly string[]): string {
  return path.map((word) => ` ${word}`).join('');
}

/** Of all nodes but the root. */
export function keysOf(nodes: readonly CommandNode[]): string[] {
  return nodes.filter(({ path }) => path.length > 0).map(({ path }) => keyOf(path));
}

/**
 * What may stand behind the options, for bash and zsh: the body of a `case` by node and option.
 *
 * @param reply the commands that offer the values
 */
export function valueCases(
  nodes: readonly CommandNode[],
  reply: (value: OptionValue) => string,
  open = '',
): string {
  const patterns = new Map<string, string[]>();
  for (const { path, options } of nodes) {
    for (const { flags, value } of options.filter((option) => option.value !== null)) {
      const commands = reply(value ?? 'anything');
      const known = patterns.get(commands) ?? [];
      patterns.set(commands, [...known, ...flags.map((flag) => quoted(`${keyOf(path)} ${flag}`))]);
    }
  }
  return [...patterns]
    .map(([commands, keys]) => `      ${open}${keys.join('|')}) ${commands}return ;;`)
    .join('\n');
}

/** For bash and zsh, between single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
