/** English sentence → Russian one. `{name}` stands for whatever is filled in, and has the same name in both. */
export type Sentences = Readonly<Record<string, string>>;

/** The first sentence that fits, with what is filled in; undefined where the table has none. */
export function found<T>(english: string, table: Readonly<Record<string, T>>) {
  for (const [pattern, value] of Object.entries(table)) {
    const literal = pattern.replace(/[.*+?^$()|[\]\\]/gu, '\\$&');
    const form = new RegExp(`^${literal.replace(/\{(\w+)\}/gu, '(?<$1>[\\s\\S]*?)')}$`, 'u');
    const parts = form.exec(english);
    if (parts !== null) return { value, filledIn: { ...parts.groups } };
  }
  return undefined;
}

/** @param say what is filled in may be a sentence, too */
export function filled(
  russian: string,
  filledIn: Readonly<Record<string, string>>,
  say: (part: string) => string | undefined,
): string {
  return russian.replace(/\{(\w+)\}/gu, (_, name: string) => {
    const part = filledIn[name] ?? '';
    return say(part) ?? part;
  });
}

export function inRussian(english: string, table: Sentences): string | undefined {
  const sentence = found(english, table);
  return sentence && filled(sentence.value, sentence.filledIn, (part) => inRussian(part, table));
}

/** What happened, with the message that can be searched for, each said once. */
export function withMessage(what: string, message: string, shown = message): string {
  if (what === message) return shown;
  return `${what.replace(/\.$/u, '')}${what.includes('\n') ? '\n' : ' '}(${shown})`;
}
