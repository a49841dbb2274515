/** Text to values. Each gives undefined (or an element that no format accepts) where the text has another form. */

export function wholeNumber(text: string): number | undefined {
  return /^-?\d{1,16}$/u.test(text) ? Number(text) + 0 : undefined;
}

export function decimalNumber(text: string): number | undefined {
  return /^\d{1,15}(\.\d{1,15})?$/u.test(text) ? Number(text) : undefined;
}

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  false: false,
  '0': false,
  no: false,
};

export function flag(text: string): boolean | undefined {
  const key = text.toLowerCase();
  return Object.hasOwn(FLAGS, key) ? FLAGS[key] : undefined;
}

/** Parts between commas, trimmed, each once, in the given order. An empty part stays and fits nothing. */
export function list(text: string): readonly string[] {
  return text === '' ? [] : [...new Set(text.split(',').map((part) => part.trim()))];
}

export function warehouseIds(text: string): 'all' | readonly string[] {
  return text.toLowerCase() === 'all' ? 'all' : list(text);
}

/** `name=/path` by commas, as pairs: convict would take an object for a branch of the schema. */
export function namedPaths(text: string): readonly (readonly [string, string])[] {
  const parts = text === '' ? [] : text.split(',');
  return parts.map((part) => {
    const [, name = '', path = ''] = /^([^=]*)=(.*)$/su.exec(part) ?? [];
    return [name.trim(), path.trim()];
  });
}

const LEVEL_NAMES: Readonly<Record<string, string>> = { warning: 'warn', critical: 'fatal' };

/** The names of Python's logging, which the set-up guide uses, stand for pino's. */
export function logLevel(text: string): string {
  const key = text.toLowerCase();
  return Object.hasOwn(LEVEL_NAMES, key) ? (LEVEL_NAMES[key] ?? key) : key;
}
