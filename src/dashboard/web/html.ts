/** Text that may stand in a page as it is: everything in it that came from outside is escaped. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What a template takes. Of `false`, `null` and `undefined` nothing is shown; lists are joined. */
export type Shown = Html | string | number | false | null | undefined | readonly Shown[];

/**
 * A piece of a page. Everything put into it is escaped, so that it is right in text and in attributes, which must be
 * quoted; only another {@link Html} is taken as it is.
 */
export function html(fixed: TemplateStringsArray, ...values: readonly Shown[]): Html {
  let text = fixed[0] ?? '';
  for (const [index, value] of values.entries()) text += shown(value) + (fixed[index + 1] ?? '');
  return new Html(text);
}

export const NOTHING = new Html('');

function shown(value: Shown): string {
  if (value instanceof Html) return value.text;
  if (value === false || value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(shown).join('') : escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '\0': '\ufffd',
};

function escaped(text: string): string {
  return text.replace(/[&<>"'`\0]/g, (letter) => ENTITIES[letter] ?? '');
}
