import { styleText } from 'node:util';
import type { CommandContext } from '../context.js';
import { isPlain, labelsRows } from '../manner.js';
import { labelled } from '../sync/table.js';
import type { Locale } from '../words.js';

type Style = Parameters<typeof styleText>[0];

/** What the demo shows: progress on stderr, findings on stdout. Plain lines, coloured where a person looks on. */
export class Screen {
  #muted = false;
  #step = 0;

  constructor(
    private readonly context: CommandContext,
    private readonly steps: number,
  ) {}

  get locale(): Locale {
    return this.context.locale;
  }

  title(name: string, about: string): void {
    this.#say(`${this.#on(process.stderr, 'bold', name)}\n${about}`);
  }

  /** The next of so many steps. */
  step(title: string): void {
    this.#step += 1;
    const count = this.#on(process.stderr, 'dim', `[${this.#step}/${this.steps}]`);
    this.#say(`\n${count} ${this.#on(process.stderr, 'bold', title)}`);
  }

  say(text: string): void {
    this.#say(indented(text, '  '));
  }

  detail(text: string): void {
    this.#say(this.#on(process.stderr, 'dim', indented(text, '      ')));
  }

  done(text: string, sinceMs?: number): void {
    const took = sinceMs === undefined ? '' : this.#on(process.stderr, 'dim', ` (${this.seconds(sinceMs)})`);
    this.#say(`  ${this.#on(process.stderr, 'green', '✓')} ${text}${took}`);
  }

  closing(text: string): void {
    this.#say(`\n${this.#on(process.stderr, 'bold', text)}`);
  }

  trouble(text: string): void {
    this.#say(`  ${this.#on(process.stderr, 'yellow', '!')} ${text}`);
  }

  heading(title: string): void {
    if (isPlain(process.stdout)) this.#print(`\n${title}\n`);
    else
      this.#print(
        `\n${this.#on(process.stdout, 'bold', `── ${title} `)}${'─'.repeat(Math.max(3, 76 - title.length))}\n`,
      );
  }

  /** A finding, as it is. */
  print(text: string): void {
    this.#print(`${text}\n`);
  }

  /** A line of what somebody else has written. */
  quote(line: string): void {
    this.#print(`${`  ${isPlain(process.stdout) ? '>' : '│'} ${line}`.trimEnd()}\n`);
  }

  /** Something told beside the finding. */
  aside(text: string): void {
    this.#print(`${this.#on(process.stdout, 'dim', text)}\n`);
  }

  confirmed(text: string): void {
    this.#print(`  ${this.#on(process.stdout, 'green', '✓')} ${text}\n`);
  }

  contradicted(text: string): void {
    this.#print(`  ${this.#on(process.stdout, 'red', '✗')} ${text}\n`);
  }

  /** The first row names the columns; figures end at the right. */
  table(rows: readonly (readonly string[])[]): void {
    if (labelsRows()) return this.#print(labelled(rows));
    const [head = [], ...body] = alignedRows(rows);
    this.#print(`  ${this.#on(process.stdout, 'dim', head.join('  ').trimEnd())}\n`);
    for (const row of body) this.#print(`  ${row.join('  ').trimEnd()}\n`);
  }

  /** «2,4 с» since that moment. */
  seconds(sinceMs: number): string {
    return secondsOf(Date.now() - sinceMs, this.locale);
  }

  /** Work that was called off may still come to some end: nobody wants to hear of it. */
  mute(): void {
    this.#muted = true;
  }

  /** A last word, said all the same. */
  sayAtEnd(text: string): void {
    this.context.say(`  ${this.#on(process.stderr, 'green', '✓')} ${text}`);
  }

  #say(text: string): void {
    if (!this.#muted) this.context.say(text);
  }

  #print(text: string): void {
    if (!this.#muted) this.context.print(text);
  }

  #on(stream: NodeJS.WriteStream, style: Style, text: string): string {
    // Whether it may be coloured is decided here already; styleText would look at stdout.
    return isPlain(stream) ? text : styleText(style, text, { validateStream: false });
  }
}

export function secondsOf(ms: number, locale: Locale): string {
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${format.format(ms / 1000)} ${locale === 'ru' ? 'с' : 's'}`;
}

function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
}

/** A column of figures is one whose every cell below its name is a figure. */
export function alignedRows(rows: readonly (readonly string[])[]): string[][] {
  const columns = (rows[0] ?? []).map((_, column) => {
    const cells = rows.map((row) => row[column] ?? '');
    const isFigure =
      rows.length > 1 && cells.slice(1).every((cell) => /^[−+\d\s.,%]*\d[\d\s.,%]*$/.test(cell));
    return { width: Math.max(...cells.map((cell) => cell.length)), isFigure };
  });
  return rows.map((row) =>
    columns.map(({ width, isFigure }, column) => {
      const cell = row[column] ?? '';
      return isFigure ? cell.padStart(width) : cell.padEnd(width);
    }),
  );
}
