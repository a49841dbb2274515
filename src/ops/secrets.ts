import { MASK, type Secret } from '../domain/secret.js';

/** Shorter secrets would mask half of every text; those are masked by the name of their field only. */
const SHORTEST = 4;

export type Redactor = (text: string) => string;

/** As JSON writes it between the quotes. */
function inQuotes(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The value in JSON, in JSON within JSON, and where the writer keeps to ASCII. */
function jsonForms(value: string): string[] {
  const once = inQuotes(value);
  const ascii = once.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [once, inQuotes(once), ascii, inQuotes(ascii)];
}

/** The value as it stands in addresses and forms, with capital and small hex digits. */
function urlForms(value: string): string[] {
  if (!isWellFormed(value)) return [];
  const encoded = [
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams([['', value]]).toString().slice(1),
  ];
  return encoded.flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}

/**
 * The value inside base64. Three bytes make four characters, so how a value looks depends on how many bytes
 * stand before it (`user:password`); taken are the characters that it alone decides, for each of the three cases.
 */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor((whole.length * 8) / 6);
    return [whole.toString('base64').slice(first, end), whole.toString('base64url').slice(first, end)];
  });
}

function formsOf(secrets: readonly Secret[]): readonly string[] {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= SHORTEST);
  const forms = values.flatMap((value) => [
    value,
    ...jsonForms(value),
    ...urlForms(value),
    ...base64Forms(value),
  ]);
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

/** Every place of every form, overlapping ones too: what is left between two of them must not be half a secret. */
function placesOf(text: string, forms: readonly string[]): [start: number, end: number][] {
  const places: [number, number][] = [];
  for (const form of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1))
      places.push([at, at + form.length]);
  }
  return places.sort(([a], [b]) => a - b);
}

function mask(text: string, forms: readonly string[]): string {
  const places = placesOf(text, forms);
  if (places.length === 0) return text;
  let result = '';
  let done = 0;
  for (const [start, end] of places) {
    if (start >= done) result += text.slice(done, start) + MASK;
    done = Math.max(done, end);
  }
  return result + text.slice(done);
}

/** A function that replaces each secret, also in its URL, base64 and JSON forms, by `***`. */
function createRedactor(secrets: readonly Secret[]): Redactor {
  const forms = formsOf(secrets);
  return (text) => mask(text, forms);
}

/** The text without the secrets, for what a command itself prints. */
export function redact(text: string, secrets: readonly Secret[]): string {
  return createRedactor(secrets)(text);
}

function maskValue(value: unknown, clean: Redactor): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'number') return clean(String(value)) === String(value) ? value : MASK;
  if (Array.isArray(value)) return value.map((item) => maskValue(item, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [clean(key), maskValue(inner, clean)]),
  );
}

/**
 * The same for one JSON line, which stays JSON: a secret may consist of digits, or hold quotes, and then occur
 * in the line's own syntax. So a line with a hit is taken apart and masked value by value.
 */
export function createLineRedactor(secrets: readonly Secret[]): Redactor {
  const forms = formsOf(secrets);
  const clean: Redactor = (text) => mask(text, forms);
  // The line has escaped its texts once more.
  const traces = [...new Set(forms.flatMap((form) => [form, inQuotes(form)]))];
  return (line) => {
    if (!traces.some((trace) => line.includes(trace))) return line;
    try {
      return `${JSON.stringify(maskValue(JSON.parse(line), clean))}\n`;
    } catch {
      return clean(line);
    }
  };
}
