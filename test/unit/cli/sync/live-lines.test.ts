import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveLines } from '../../../../src/cli/sync/progress/live-lines.js';

/** A terminal that knows just what the lines need: rows of text, `\r`, cursor up, erase to the end. */
class Screen {
  rows = 10;
  columns = 40;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  write = (text: string | Uint8Array): boolean => {
    for (const [part] of String(text).matchAll(/\u001b\[(?:\d+)?[AJ]|\n|\r|[^\u001b\n\r]+/g))
      this.#take(part);
    return true;
  };

  get text(): string {
    return this.#lines.join('\n');
  }

  #take(part: string): void {
    if (part === '\r') this.#column = 0;
    else if (part === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.#lines[this.#row] ??= '';
    } else if (part.endsWith('A')) this.#row -= Number(part.slice(2, -1));
    else if (part === '\u001b[J') {
      this.#lines = this.#lines.slice(0, this.#row + 1);
      this.#lines[this.#row] = this.#lines[this.#row]?.slice(0, this.#column) ?? '';
    } else {
      this.#lines[this.#row] = (this.#lines[this.#row]?.slice(0, this.#column) ?? '') + part;
      this.#column += part.length;
    }
  }
}

describe('live lines', () => {
  let screen: Screen;
  let lines: string[];
  let live: LiveLines;
  beforeEach(() => {
    vi.useFakeTimers();
    screen = new Screen();
    lines = ['one', 'two'];
    live = new LiveLines(screen as unknown as NodeJS.WriteStream, () => lines);
    live.start();
  });
  afterEach(() => {
    live.stop();
    vi.useRealTimers();
  });
  const tick = () => vi.advanceTimersByTime(100);

  it('are redrawn in place', () => {
    tick();
    expect(screen.text).toBe('one\ntwo');
    lines = ['one more', 'two more', 'three'];
    tick();
    expect(screen.text).toBe('one more\ntwo more\nthree');
    lines = ['last'];
    tick();
    expect(screen.text).toBe('last');
  });

  it('are not drawn again where nothing has changed', () => {
    tick();
    const write = vi.spyOn(screen, 'write');
    tick();
    expect(write).not.toHaveBeenCalled();
  });

  it('stay below whatever else is written, by whomever', () => {
    tick();
    screen.write('Warning: slow\n');
    expect(screen.text).toBe('Warning: slow\n');
    tick();
    expect(screen.text).toBe('Warning: slow\none\ntwo');
    screen.write('and slower\n');
    tick();
    expect(screen.text).toBe('Warning: slow\nand slower\none\ntwo');
  });

  it('wait for the end of a line that somebody has begun', () => {
    screen.write('half ');
    tick();
    expect(screen.text).toBe('half ');
    screen.write('a line\n');
    tick();
    expect(screen.text).toBe('half a line\none\ntwo');
  });

  it('leave nothing behind, and the stream as it was', () => {
    tick();
    screen.write('said\n');
    tick();
    live.stop();
    screen.write('afterwards\n');
    tick();
    expect(screen.text).toBe('said\nafterwards\n');
  });

  it('never fill more than the terminal', () => {
    screen.rows = 3;
    lines = ['a', 'b', 'c', 'd'];
    tick();
    expect(screen.text).toBe('a\nb');
  });
});
