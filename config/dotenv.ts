/**
 * The `.env` format as read here, one setting a line:
 * `NAME=value`, optionally after `export `; blank lines and lines that begin with `#` say nothing.
 * - bare values end at ` #` (a comment) and lose the blanks around them; `#` and `=` inside stay;
 * - 'single quotes' keep everything between them as it is;
 * - "double quotes" know \n \r \t \" \\ \$ and leave other backslashes alone.
 * Nothing is expanded, and no value spans lines.
 */
export interface EnvEntry {
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface ParsedEnv {
  readonly entries: ReadonlyMap<string, EnvEntry>;
  /** Lines that cannot be read. They never quote the line: it may hold a secret. */
  readonly problems: readonly { readonly line: number; readonly what: string }[];
  /** Names given more than once; the last one counts. */
  readonly repeated: readonly { readonly name: string; readonly line: number; readonly firstLine: number }[];
}

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/su;
const NOTHING_OR_COMMENT = /^\s*(?:#.*)?$/su;
const SINGLE_QUOTED = /^'([^']*)'(.*)$/su;
const DOUBLE_QUOTED = /^"((?:[^"\\]|\\.)*)"(.*)$/su;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

function resolveEscapes(text: string): string {
  return text.replace(/\\(.)/gsu, (whole, character: string) => ESCAPES[character] ?? whole);
}

/** The value of what follows `=`, or what is wrong with it. */
function readValue(rest: string): { value: string } | { what: string } {
  const text = rest.trim();
  if (!/^['"]/u.test(text)) {
    const comment = rest.search(/(?:^|\s)#/u);
    return { value: (comment === -1 ? rest : rest.slice(0, comment)).trim() };
  }
  const single = text.startsWith("'");
  const [, inner, after] = (single ? SINGLE_QUOTED : DOUBLE_QUOTED).exec(text) ?? [];
  if (inner === undefined || after === undefined) return { what: 'the opening quote is never closed' };
  if (!NOTHING_OR_COMMENT.test(after)) return { what: 'there is text after the closing quote' };
  return { value: single ? inner : resolveEscapes(inner) };
}

export function parseEnv(text: string): ParsedEnv {
  const entries = new Map<string, EnvEntry>();
  const problems: { line: number; what: string }[] = [];
  const repeated: { name: string; line: number; firstLine: number }[] = [];
  const lines = text.replace(/^\uFEFF/u, '').split(/\r\n|\n|\r/u);
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    if (NOTHING_OR_COMMENT.test(content)) continue;
    const [, name, rest] = ASSIGNMENT.exec(content) ?? [];
    if (name === undefined || rest === undefined) {
      problems.push({ line, what: 'expected NAME=value or a comment' });
      continue;
    }
    const read = readValue(rest);
    if ('what' in read) {
      problems.push({ line, what: read.what });
      continue;
    }
    const earlier = entries.get(name);
    if (earlier !== undefined) repeated.push({ name, line, firstLine: earlier.line });
    entries.set(name, { value: read.value, line });
  }
  return { entries, problems, repeated };
}

/**
 * Writes a value so that {@link parseEnv} reads the same back: bare where that is safe, else quoted.
 */
export function formatEnvValue(value: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./-]*$/u.test(value)) return value;
  if (!/['\r\n]/u.test(value)) return `'${value}'`;
  const escaped = value
    .replace(/[\\"$]/gu, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `"${escaped.replaceAll('\t', '\\t')}"`;
}
