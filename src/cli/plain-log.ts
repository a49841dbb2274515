import type { Words } from './words.js';

/** pino's own fields, and those that only programs care about. */
const LEFT_OUT = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg']);
const LONGEST = 400;

/** Something that is tried again and again is told again only after this long. */
const REPEAT_MS = 10_000;

/** Shows log lines to people: `Warning: message (name=value, …)`. Lines arrive finished, that is without secrets. */
export function plainLines(
  say: (line: string) => void,
  words: Words,
  now: () => number = Date.now,
): { write(line: string): void } {
  const toldAt = new Map<string, number>();
  return {
    write(line) {
      const text = plainLine(line, words);
      const at = now();
      if (at - (toldAt.get(text) ?? -REPEAT_MS) < REPEAT_MS) return;
      toldAt.set(text, at);
      say(text);
    },
  };
}

export function plainLine(line: string, words: Words): string {
  const fields = parse(line);
  if (fields === null) return line.trimEnd();
  const level = String(fields.level);
  const label =
    level === 'warn' ? words.warning : level === 'error' || level === 'fatal' ? words.error : level;
  const facts = Object.entries(fields)
    .filter(([name, value]) => !LEFT_OUT.has(name) && value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(', ');
  const text = `${label}: ${String(fields.msg ?? '')}${facts === '' ? '' : ` (${facts})`}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Of an error its message; its stack is for the log file. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  const isError = typeof value === 'object' && value !== null && 'message' in value;
  return isError ? String(value.message) : JSON.stringify(value);
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
