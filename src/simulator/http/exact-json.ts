/** An integer of a request that a JavaScript number might not hold: its digits. */
interface LongInteger {
  readonly $integer: string;
}

/**
 * JSON.parse that keeps long integers: those of 16 digits and more come as {@link LongInteger}. Clients may send
 * 64-bit ids as JSON numbers, and the simulator must not round them.
 * @throws SyntaxError as JSON.parse does
 */
export function parseExact(text: string): unknown {
  const tokens = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
  return JSON.parse(
    text.replace(tokens, (token) => (token.startsWith('"') ? token : `{"$integer":"${token}"}`)),
  );
}

/** JSON.stringify for what {@link parseExact} gave: long integers leave as they came. */
export function stringifyExact(value: unknown): string {
  // Inside a JSON string a quote is escaped, so this pattern is never part of one.
  return JSON.stringify(value).replace(/\{"\$integer":"(-?\d+)"\}/g, '$1');
}

export function isLongInteger(value: unknown): value is LongInteger {
  return typeof value === 'object' && value !== null && '$integer' in value;
}

/** The digits of an int64 given as a JSON number of any length; undefined for anything else. */
export function int64Digits(value: unknown): string | undefined {
  if (isLongInteger(value)) {
    return value.$integer;
  }
  return typeof value === 'number' && Number.isInteger(value) ? String(value) : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLongInteger(value);
}
