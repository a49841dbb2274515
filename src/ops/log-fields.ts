import { MASK } from '../domain/secret.js';

/** Bounds of one line: whatever is handed in, a line ends. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;
const MAX_NODES = 2_000;

/** Names whose values are credentials, compared without case, hyphens, underscores and dots. */
const SENSITIVE_NAME =
  /(?:password|passwd|passphrase|pwd|secret|secretkey|apikey|accesskey|privatekey|token|authorization|cookie|credential|jwt)s?$|^pass$/;

/** What an error tells besides name, message and stack; the rest (requests, sockets, headers) stays out. */
const ERROR_FACTS = ['code', 'errno', 'syscall', 'sqlState', 'status', 'responseCode', 'type', 'retriable'];
const ERROR_PARTS = ['facts', 'remedy', 'notBefore', 'cause', 'errors'];

interface Walk {
  nodes: number;
  readonly above: Set<object>;
}

function isSensitiveName(name: string): boolean {
  return SENSITIVE_NAME.test(name.toLowerCase().replace(/[-_.\s]/g, ''));
}

/** What stands in place of a credential. That there is none may be told. */
export function maskCredential(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : MASK;
}

/** Getters and proxies may throw; a log line must not. */
function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return '[unreadable]';
  }
}

function propertiesOf(value: object, names: readonly string[], walk: Walk, depth: number): object {
  const kept = names.slice(0, MAX_ITEMS).map((name): [string, unknown] => {
    const inner = attempt(() => (value as Record<string, unknown>)[name]);
    return [name, isSensitiveName(name) ? maskCredential(inner) : plain(inner, walk, depth)];
  });
  const left = names.length - kept.length;
  return Object.fromEntries(left > 0 ? [...kept, ['…', `${left} more`]] : kept);
}

function plainError(error: Error, walk: Walk, depth: number): object {
  const own = [...ERROR_FACTS, ...ERROR_PARTS].filter((name) => {
    const value = attempt(() => (error as unknown as Record<string, unknown>)[name]);
    return value !== undefined && (ERROR_PARTS.includes(name) || typeof value !== 'object');
  });
  return propertiesOf(error, ['name', 'message', ...own, 'stack'], walk, depth);
}

function plainList(items: readonly unknown[], walk: Walk, depth: number): unknown[] {
  const kept = items.slice(0, MAX_ITEMS).map((item) => plain(item, walk, depth));
  return items.length > MAX_ITEMS ? [...kept, `… ${items.length - MAX_ITEMS} more`] : kept;
}

function plainObject(value: object, walk: Walk, depth: number): unknown {
  if (value instanceof Error) return plainError(value, walk, depth);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `<${value.byteLength} bytes>`;
  if (Array.isArray(value)) return plainList(value, walk, depth);
  if (value instanceof Set) return plainList([...value], walk, depth);
  if (value instanceof Map) {
    const entries = [...value].map(([key, inner]): [string, unknown] => [String(key), inner]);
    return plainObject(Object.fromEntries(entries), walk, depth);
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON();
    if (json !== value) return plain(json, walk, depth);
  }
  return propertiesOf(value, Object.keys(value), walk, depth);
}

function plain(value: unknown, walk: Walk, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  walk.nodes += 1;
  if (walk.above.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH || walk.nodes > MAX_NODES) return '[left out]';
  walk.above.add(value);
  try {
    return attempt(() => plainObject(value, walk, depth + 1));
  } finally {
    walk.above.delete(value);
  }
}

/**
 * Fields of a log line as plain data: errors with code, facts, remedy and stack at any depth, byte arrays as
 * their length, cycles cut, credentials masked by name. Never throws.
 */
export function toLoggable(fields: object): Record<string, unknown> {
  const result = plain(fields, { nodes: 0, above: new Set() }, 0);
  return typeof result === 'object' && result !== null
    ? (result as Record<string, unknown>)
    : { fields: result };
}
