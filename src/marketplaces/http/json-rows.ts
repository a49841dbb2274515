import { parseExactJson } from '../../domain/json.js';
import { messageOf } from '../../errors.js';
import { type AnswerText, badAnswer } from './api-answer.js';

export interface JsonRows {
  /** The list's elements as they stood in the text, white space around them dropped. Each one is valid JSON. */
  readonly rows: readonly string[];
  /** Everything else, parsed, with an empty list in the list's place. */
  readonly rest: unknown;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Cuts a list out of a JSON text without keeping a parsed copy of it: rows go to the log as they were written,
 * so that ids of any length and fields nobody knows yet stay as they are.
 *
 * Correct because of two checks by JSON.parse: every row by itself, and the rest with an empty list in its place.
 * If both hold, the brackets were where the scan saw them.
 *
 * @param path names that lead to the list, for example `['data', 'items']`
 * @throws AppError API_BAD_ANSWER where the text is no JSON, or the path is missing, doubled or leads to no list
 */
export function sliceJsonRows(answer: AnswerText, path: readonly string[]): JsonRows {
  const { text } = answer;
  try {
    const scan = new Scan(text, path);
    scan.document();
    if (scan.list === null) throw new SyntaxError(`has no ${path.join('.')}`);
    const { open, close, rows } = scan.list;
    return { rows, rest: parseExactJson(`${text.slice(0, open + 1)}${text.slice(close)}`) };
  } catch (error) {
    throw badAnswer(answer, text.trim() === '' ? 'is empty' : `cannot be read: ${messageOf(error)}`);
  }
}

/** One pass over the text. Positions are indexes of UTF-16 units. */
class Scan {
  /** `open` is the place of `[`, `close` that of its `]`. */
  list: { open: number; close: number; rows: string[] } | null = null;

  constructor(
    private readonly text: string,
    private readonly path: readonly string[],
  ) {}

  document(): void {
    const start = this.#space(0);
    this.#expect(start, OPEN_OBJECT);
    this.#object(start, 0);
  }

  /** Walks an object on the way to the list; returns the position behind it. */
  #object(open: number, depth: number): number {
    let at = this.#space(open + 1);
    if (this.text.charCodeAt(at) === CLOSE_OBJECT) return at + 1;
    let seen = false;
    for (;;) {
      this.#expect(at, QUOTE);
      const end = this.#string(at);
      const onPath = JSON.parse(this.text.slice(at, end)) === this.path[depth];
      at = this.#space(end);
      this.#expect(at, COLON);
      at = this.#space(at + 1);
      // JSON.parse would silently take the last of two; which one the marketplace meant nobody knows.
      if (onPath && seen) throw new SyntaxError(`names ${this.path[depth]} twice`);
      seen ||= onPath;
      at = this.#space(onPath ? this.#onPath(at, depth) : this.#value(at));
      if (this.text.charCodeAt(at) === CLOSE_OBJECT) return at + 1;
      this.#expect(at, COMMA);
      at = this.#space(at + 1);
    }
  }

  #onPath(at: number, depth: number): number {
    if (depth < this.path.length - 1) {
      if (this.text.charCodeAt(at) !== OPEN_OBJECT) throw new SyntaxError(`${this.path[depth]} is no object`);
      return this.#object(at, depth + 1);
    }
    if (this.text.charCodeAt(at) !== OPEN_LIST) throw new SyntaxError(`${this.path.join('.')} is no list`);
    return this.#rows(at);
  }

  #rows(open: number): number {
    const rows: string[] = [];
    let depth = 0;
    let start = open + 1;
    for (let at = start; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === QUOTE) {
        at = this.#string(at) - 1;
      } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        depth += 1;
      } else if (code === COMMA && depth === 0) {
        rows.push(this.#row(start, at));
        start = at + 1;
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
        if (depth === 0) {
          this.#expect(at, CLOSE_LIST);
          if (rows.length > 0 || this.#space(start) < at) rows.push(this.#row(start, at));
          this.list = { open, close: at, rows };
          return at + 1;
        }
        depth -= 1;
      }
    }
    throw breaksOff();
  }

  /** The element between two positions, tried and not kept. */
  #row(start: number, end: number): string {
    const first = this.#space(start);
    let last = end;
    while (last > first && isSpace(this.text.charCodeAt(last - 1))) last -= 1;
    const row = this.text.slice(first, last);
    JSON.parse(row);
    return row;
  }

  /** Steps over a value that is not on the path; whether it is well-formed shows when the rest is parsed. */
  #value(start: number): number {
    const first = this.text.charCodeAt(start);
    if (first === QUOTE) return this.#string(start);
    let depth = 0;
    for (let at = start; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === QUOTE) {
        at = this.#string(at) - 1;
      } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        depth += 1;
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
        if (depth === 0) return at;
        depth -= 1;
        if (depth === 0) return at + 1;
      } else if (depth === 0 && (code === COMMA || isSpace(code))) {
        return at;
      }
    }
    throw breaksOff();
  }

  /** From an opening quote to behind the closing one. */
  #string(open: number): number {
    for (let at = open + 1; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) return at + 1;
    }
    throw breaksOff();
  }

  #space(start: number): number {
    let at = start;
    while (isSpace(this.text.charCodeAt(at))) at += 1;
    return at;
  }

  #expect(at: number, code: number): void {
    if (at >= this.text.length) throw breaksOff();
    if (this.text.charCodeAt(at) !== code) {
      throw new SyntaxError(`"${String.fromCharCode(code)}" expected at character ${at + 1}`);
    }
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function breaksOff(): SyntaxError {
  return new SyntaxError('the text breaks off');
}
