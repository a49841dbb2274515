import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Line, LiveHub } from '../../../../src/dashboard/live/hub.js';
import { Pulse } from '../../../../src/dashboard/live/pulse.js';
import { html } from '../../../../src/dashboard/web/html.js';
import { Renders } from '../../../../src/dashboard/web/renders.js';
import type { View } from '../../../../src/dashboard/web/view.js';

const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const view = (path: string): View => ({ locale: 'en', path, query: new URLSearchParams(), mayAct: false });

class FakeLine extends EventEmitter {
  readonly got: string[] = [];
  isGone = false;
  /** Never read: everything stays here. */
  writableLength = 0;
  reads = true;

  write(text: string): boolean {
    this.got.push(text);
    if (!this.reads) this.writableLength += text.length;
    return this.reads;
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    this.isGone = true;
    this.emit('close');
  }

  get parts(): string[] {
    return this.got
      .filter((text) => text.startsWith('event: part'))
      .map((text) => JSON.parse(text.split('data: ')[1] ?? '').html);
  }

  get states(): string[] {
    return this.got.flatMap((text) => /"database":"(\w+)"/.exec(text)?.[1] ?? []);
  }
}

describe('live pages', () => {
  let shown: string;
  let looks: () => Promise<string>;
  let pulse: Pulse;
  let renders: Renders;
  let hub: LiveHub;

  beforeEach(() => {
    vi.useFakeTimers();
    shown = 'first';
    looks = async () => shown;
    pulse = new Pulse({ look: () => looks(), everyMs: 1000, logger });
    renders = new Renders(
      async ({ path }) => ({
        title: '',
        parts: [
          { id: 'a', html: html`${path} ${shown}` },
          { id: 'b', html: html`same` },
        ],
      }),
      () => pulse.version,
    );
    hub = new LiveHub({ renders, pulse, logger, mostWaiting: 500, heartbeatMs: 60_000 });
  });
  afterEach(() => {
    hub.close();
    vi.useRealTimers();
  });

  const join = async (path = '/') => {
    const line = new FakeLine();
    await hub.join(view(path), line as unknown as Line);
    return line;
  };

  it('begin whole, then send what has changed and nothing else', async () => {
    const line = await join();
    expect(line.parts).toEqual(['/ first', 'same']);
    await vi.advanceTimersByTimeAsync(1500);
    expect(line.parts).toHaveLength(2);
    shown = 'second';
    await vi.advanceTimersByTimeAsync(1500);
    expect(line.parts).toEqual(['/ first', 'same', '/ second']);
  });

  it('are rendered once for all who have the same page open', async () => {
    const lines = await Promise.all(Array.from({ length: 200 }, () => join()));
    expect(renders.made).toBe(1);
    await vi.advanceTimersByTimeAsync(1100);
    shown = 'second';
    await vi.advanceTimersByTimeAsync(2000);
    expect(renders.made).toBe(2);
    for (const line of lines) expect(line.parts.at(-1)).toBe('/ second');
  });

  it('give one who comes later what the others have, and the others nothing twice', async () => {
    const first = await join();
    await vi.advanceTimersByTimeAsync(3000);
    const second = await join();
    expect(second.parts).toEqual(['/ first', 'same']);
    expect(first.parts).toHaveLength(2);
  });

  it('hang up on a reader who never reads, and keep the others', async () => {
    const deaf = new FakeLine();
    deaf.reads = false;
    await hub.join(view('/'), deaf as unknown as Line);
    const good = await join();
    await vi.advanceTimersByTimeAsync(1100);
    for (let round = 0; round < 20 && !deaf.isGone; round += 1) {
      shown = `round ${round} ${'x'.repeat(100)}`;
      await vi.advanceTimersByTimeAsync(1500);
    }
    expect(deaf.isGone).toBe(true);
    expect(deaf.writableLength).toBeLessThan(1200);
    expect(good.isGone).toBe(false);
    expect(hub.readers).toBe(1);
  });

  it('say when the database is gone and when it is back, and catch up', async () => {
    const line = await join();
    await vi.advanceTimersByTimeAsync(1500);
    looks = async () => Promise.reject(new Error('gone'));
    await vi.advanceTimersByTimeAsync(1500);
    expect(line.states).toEqual(['up', 'down']);
    shown = 'after';
    looks = async () => shown;
    await vi.advanceTimersByTimeAsync(1500);
    expect(line.states).toEqual(['up', 'down', 'up']);
    expect(line.parts.at(-1)).toBe('/ after');
  });

  it('rest when nobody looks', async () => {
    const line = await join();
    const look = vi.fn(async () => shown);
    looks = look;
    line.destroy();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(look).toHaveBeenCalledTimes(0);
    expect(hub.readers).toBe(0);
  });
});
