import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import type { CommandModule } from './commands/run-command.js';
import { bashScript } from './completion/bash.js';
import { fishScript } from './completion/fish.js';
import { type CommandNode, nodesOf } from './completion/nodes.js';
import { zshScript } from './completion/zsh.js';

const SCRIPTS: Readonly<Record<string, (name: string, nodes: readonly CommandNode[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `inventory-sync completion <shell>`: a script that knows every command and option of the program that prints it. */
export function completion(program: Command): CommandModule {
  return async ({ shell }, context) => {
    const script = SCRIPTS[String(shell)]?.(program.name(), nodesOf(program, context.locale)) ?? '';
    // Nothing in it comes from outside: masking could only break it.
    context.printBytes(Buffer.from(script));
    return EXIT.ok;
  };
}
