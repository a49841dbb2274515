/** One word of a POSIX shell, quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** In a crontab a bare percent sign ends the line, quoted or not. */
export function cronCommand(command: string): string {
  return command.replaceAll('%', '\\%');
}

/** One word of a line of systemd's: no variable, no specifier, no escape is to be seen in it. */
export function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', () => '$$');
  return /^[\w@%+=:,./$-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A path where systemd takes the rest of the line as it is (`WorkingDirectory=`), but for specifiers. */
export function unitPath(path: string): string {
  return path.replaceAll('%', '%%');
}
