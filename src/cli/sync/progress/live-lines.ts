import { stripVTControlCharacters } from 'node:util';

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>;

/** Ten times a second at most. */
const REDRAW_MS = 100;
const NARROWEST = 20;
const USUAL = { columns: 80, rows: 24 };

/**
 * The last lines of a terminal, redrawn in place. Whatever else is written to the same stream meanwhile, by whomever,
 * goes above them: for as long as they stand, the stream's `write` takes them away first.
 */
export class LiveLines {
  readonly #write: Terminal['write'];
  /** As drawn, one element a line; empty where nothing stands. */
  #drawn: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Somebody's line is not finished: drawing now would swallow it. */
  #midLine = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly render: (columns: number) => readonly string[],
  ) {
    this.#write = terminal.write;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.terminal.write = ((...args: Parameters<Terminal['write']>) => {
      this.#erase();
      const [text] = args;
      if (text.length > 0) this.#midLine = !endsLine(text);
      return this.#write.apply(this.terminal, args);
    }) as Terminal['write'];
    this.#timer = setInterval(() => this.draw(), REDRAW_MS);
    this.#timer.unref();
  }

  /** Leaves the terminal as it was before the lines. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#erase();
    this.terminal.write = this.#write;
  }

  draw(): void {
    if (this.#midLine) return;
    const { columns = USUAL.columns, rows = USUAL.rows } = this.terminal;
    const lines = this.render(Math.max(NARROWEST, columns)).slice(0, Math.max(1, rows - 1));
    if (lines.join('\n') === this.#drawn.join('\n')) return;
    this.#put(`${this.#eraser()}${lines.join('\n')}`);
    this.#drawn = lines;
  }

  #erase(): void {
    if (this.#drawn.length === 0) return;
    this.#put(this.#eraser());
    this.#drawn = [];
  }

  /** Back to the first line's first column, and everything from there on away. Lines may have been wrapped since. */
  #eraser(): string {
    if (this.#drawn.length === 0) return '';
    const { columns = USUAL.columns } = this.terminal;
    const height = this.#drawn.reduce((sum, line) => {
      const width = stripVTControlCharacters(line).length;
      return sum + Math.max(1, Math.ceil(width / Math.max(1, columns)));
    }, 0);
    return `\r${height > 1 ? `\u001b[${height - 1}A` : ''}\u001b[J`;
  }

  #put(text: string): void {
    this.#write.call(this.terminal, text);
  }
}

function endsLine(text: string | Uint8Array): boolean {
  return typeof text === 'string' ? text.endsWith('\n') : text.at(-1) === 0x0a;
}
