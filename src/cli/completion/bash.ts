import { type CommandNode, keyOf, keysOf, type OptionValue, quoted, valueCases } from './nodes.js';

/** For bash 4.2 and newer, with or without the package bash-completion. */
export function bashScript(name: string, nodes: readonly CommandNode[]): string {
  const main = `_${name.replaceAll('-', '_')}`;
  return `# bash completion for ${name}; made by: ${name} completion bash
# Belongs in ~/.local/share/bash-completion/completions/${name}, or: source <(${name} completion bash)
${main}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} node= words= options= i
  # bash takes --option=value apart at the equals sign.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$node \${COMP_WORDS[i]}" in
      ${keysOf(nodes).map(quoted).join('|')}) node="$node \${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  if [[ $prev == -* && $cur != -* ]]; then
    case "$node $prev" in
${valueCases(nodes, reply)}
    esac
  fi
  case "$node" in
${nodes.map(nodeCase).join('\n')}
  esac
  if [[ $cur == -* || -z $words ]]; then words=$options; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F ${main} ${name}
`;
}

function nodeCase({ path, commands, options, choices }: CommandNode): string {
  const words = [...commands.map(({ name }) => name), ...choices];
  const flags = options.flatMap((option) => option.flags);
  return `    ${quoted(keyOf(path))}) words=${quoted(words.join(' '))} options=${quoted(flags.join(' '))} ;;`;
}

function reply(value: OptionValue): string {
  if (value === 'anything') return '';
  const how = value === 'file' ? '-f' : value === 'folder' ? '-d' : `-W ${quoted(value.join(' '))}`;
  // Lets bash put a slash behind folders and a backslash before blanks.
  const names = value === 'file' || value === 'folder' ? 'compopt -o filenames 2>/dev/null; ' : '';
  return `${names}mapfile -t COMPREPLY < <(compgen ${how} -- "$cur"); `;
}
