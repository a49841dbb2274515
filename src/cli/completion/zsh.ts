import { type CommandNode, keyOf, keysOf, type OptionValue, quoted, valueCases } from './nodes.js';

/** As a file `_<name>` in a folder of fpath, or sourced after compinit. */
export function zshScript(name: string, nodes: readonly CommandNode[]): string {
  const main = `_${name.replaceAll('-', '_')}`;
  return `#compdef ${name}
# zsh completion for ${name}; made by: ${name} completion zsh
# Belongs in a file _${name} in a folder of $fpath, or after compinit: source <(${name} completion zsh)
${main}() {
  local node= word= cur=\${words[CURRENT]} prev=\${words[CURRENT-1]}
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$node $word" in
      (${keysOf(nodes).map(quoted).join('|')}) node="$node $word" ;;
    esac
  done
  if [[ $cur == --*=* ]]; then
    prev=\${cur%%=*} cur=
    compset -P 1 '*='
  fi
  if [[ $prev == -* && $cur != -* ]]; then
    case "$node $prev" in
${valueCases(nodes, reply, '(')}
    esac
  fi
  case "$node" in
${nodes.map(nodeCase).join('\n')}
  esac
  if [[ $cur == -* || \${#commands} -eq 0 ]]; then
    _describe -o option options
  else
    _describe command commands
  fi
}
if [[ \${funcstack[1]} == _${name} ]]; then
  ${main} "$@"
else
  compdef ${main} ${name}
fi
`;
}

function nodeCase({ path, commands, options, choices }: CommandNode): string {
  const words = [
    ...commands.map(({ name, description }) => described(name, description)),
    ...choices.map((choice) => quoted(choice)),
  ];
  const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)));
  return `    (${quoted(keyOf(path))}) commands=(${words.join(' ')}) options=(${flags.join(' ')}) ;;`;
}

/** `_describe` ends the word at the first colon. */
function described(word: string, description: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${description}`);
}

function reply(value: OptionValue): string {
  if (value === 'anything') return '';
  if (value === 'file') return '_files; ';
  return value === 'folder' ? '_files -/; ' : `compadd -- ${value.map(quoted).join(' ')}; `;
}
