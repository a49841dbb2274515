import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shutdown } from '../../../src/ops/shutdown.js';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): never {
    this.exits.push(code);
    return undefined as never;
  }
}

describe('shutdown', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function shutdown(onSignal?: (signal: string) => void) {
    const process = new FakeProcess();
    const options = { graceMs: 20_000, process: process as unknown as NodeJS.Process, onSignal };
    return { process, shutdown: new Shutdown(options) };
  }

  it('asks for an orderly end at the first signal', async () => {
    const told: string[] = [];
    const { process, shutdown: one } = shutdown((signal) => told.push(signal));
    const requested = one.requested();
    expect(one.exitCode).toBeNull();
    process.emit('SIGINT', 'SIGINT');
    await requested;
    await one.requested();
    expect(one.signal.reason).toMatchObject({
      code: 'TIMED_OUT',
      message: 'stopped by SIGINT before the end',
    });
    expect({ told, exits: process.exits, exitCode: one.exitCode }).toEqual({
      told: ['SIGINT'],
      exits: [],
      exitCode: 130,
    });
  });

  it('ends at once at the second signal, whichever it is', () => {
    const { process } = shutdown();
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    expect(process.exits).toEqual([143]);
  });

  it('ends an end that takes too long', () => {
    const { process } = shutdown();
    process.emit('SIGTERM', 'SIGTERM');
    vi.advanceTimersByTime(19_999);
    expect(process.exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(process.exits).toEqual([143]);
  });

  it('leaves nothing behind', () => {
    const { process, shutdown: one } = shutdown();
    process.emit('SIGTERM', 'SIGTERM');
    one.dispose();
    vi.advanceTimersByTime(60_000);
    expect(process.exits).toEqual([]);
    expect(process.eventNames().map((name) => process.listenerCount(name))).toEqual([]);
  });
});
