import { type CommandNode, type CommandOption, keyOf, keysOf } from './nodes.js';

/** As `<name>.fish` in ~/.config/fish/completions. */
export function fishScript(name: string, nodes: readonly CommandNode[]): string {
  const at = `__${name.replaceAll('-', '_')}_at`;
  const known = keysOf(nodes).map(fishQuoted).join(' ');
  const lines = nodes.flatMap((node) =>
    linesOf(node, `complete -c ${name} -n '${at} "${keyOf(node.path)}"'`),
  );
  return `# fish completion for ${name}; made by: ${name} completion fish
# Belongs in ~/.config/fish/completions/${name}.fish
function ${at} --description 'is this the command that is being typed'
    set -l node
    for word in (commandline -opc)[2..-1]
        if contains -- "$node $word" ${known}
            set node "$node $word"
        end
    end
    test "$node" = "$argv[1]"
end
complete -c ${name} -f
${lines.join('\n')}
`;
}

function linesOf({ commands, options, choices }: CommandNode, begin: string): string[] {
  return [
    ...commands.map(({ name, description }) => `${begin} -a ${name} -d ${fishQuoted(description)}`),
    ...choices.map((choice) => `${begin} -a ${fishQuoted(choice)}`),
    ...options.map((option) => `${begin}${optionPart(option)}`),
  ];
}

function optionPart({ flags, description, value }: CommandOption): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`,
  );
  return `${names.join('')}${valuePart(value)} -d ${fishQuoted(description)}`;
}

function valuePart(value: CommandOption['value']): string {
  if (value === null) return '';
  if (value === 'anything') return ' -x';
  if (value === 'file') return ' -r -F';
  if (value === 'folder') return " -x -a '(__fish_complete_directories)'";
  return ` -x -a ${fishQuoted(value.join(' '))}`;
}

/** fish knows \' between single quotes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
