/** The digits of which a double may have lost some. */
const LONG = 16;
/**
 * A JSON string, or a run of at least 16 characters of numbers that stands where a value may end. Strings are matched
 * so as to be stepped over, those without an end too: looking for it from each quote anew would take for ever. Runs
 * are matched whole, so that digits behind a point or an exponent are not taken for a number of their own.
 */
const STRING_OR_LONG_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"?|[-+.\d][-+.\deE]{15,}(?=\s*(?:[,\]}]|$))/gs;

/**
 * JSON.parse that keeps whole numbers beyond 2^53 − 1 exact, as strings of their digits. Marketplace ids reach
 * 16 digits, and a double would round some of them onto a neighbour's id.
 *
 * @throws SyntaxError as JSON.parse does
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(hasLongDigits(text) ? text.replace(STRING_OR_LONG_NUMBER, quoteUnsafe) : text);
}

/** So many digits in a row cannot lie between two places that are so far apart: only each of these is looked at. */
function hasLongDigits(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let from = at;
    while (isDigit(text, from - 1)) from -= 1;
    let to = at + 1;
    while (isDigit(text, to)) to += 1;
    if (to - from >= LONG) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function quoteUnsafe(token: string): string {
  if (!/^-?[1-9]\d+$/.test(token) || Number.isSafeInteger(Number(token))) return token;
  return `"${token}"`;
}

/** The decimal digits of an id given as a JSON number or string; null where it is no whole number in int64. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'string' || !/^-?(0|[1-9]\d{0,18})$/.test(value) || value === '-0') return null;
  const id = BigInt(value);
  return id >= -(2n ** 63n) && id < 2n ** 63n ? value : null;
}
