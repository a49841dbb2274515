import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors.js';
import { RequestGate } from '../../../../src/marketplaces/http/request-gate.js';

const never = new AbortController().signal;
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Work that says when it begins and ends when told. */
function lab(gate: RequestGate) {
  const begun: string[] = [];
  const ends = new Map<string, { resolve(): void; reject(error: Error): void }>();
  return {
    begun,
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string, error: Error) => ends.get(name)?.reject(error),
    ask: (name: string, signal = never) =>
      gate.run(() => {
        begun.push(name);
        return new Promise<string>((resolve, reject) => {
          ends.set(name, { resolve: () => resolve(name), reject });
        });
      }, signal),
  };
}

describe('RequestGate', () => {
  it('lets so many in and the others in the order in which they came', async () => {
    const { ask, begun, end } = lab(new RequestGate(2));
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => ask(name));
    await settled();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    end('a');
    end('c');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    end('d');
    end('e');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('lets nobody slip in before who waits, in the moment when a place becomes free', async () => {
    const { ask, begun, end } = lab(new RequestGate(1));
    const first = ask('first');
    void ask('waiting');
    await settled();
    end('first');
    await first;
    void ask('late');
    await settled();
    expect(begun).toEqual(['first', 'waiting']);
  });

  it('gives a place back when the work fails', async () => {
    const { ask, begun, fail } = lab(new RequestGate(1));
    const first = ask('first');
    void ask('second');
    await settled();
    fail('first', new Error('reset'));
    await expect(first).rejects.toThrow('reset');
    await settled();
    expect(begun).toEqual(['first', 'second']);
  });

  it('throws an abort’s reason at who waits, and keeps no place for them', async () => {
    const { ask, begun, end } = lab(new RequestGate(1));
    const stop = new AbortController();
    const lost = new AppError('RUN_BUSY', 'the lease is lost');
    const first = ask('first');
    const stopped = ask('stopped', stop.signal);
    const last = ask('last');
    stop.abort(lost);
    await expect(stopped).rejects.toBe(lost);
    end('first');
    await first;
    await settled();
    expect(begun).toEqual(['first', 'last']);
    end('last');
    expect(await last).toBe('last');
  });

  it('passes the place on where the signal fires in the moment of its turn', async () => {
    const { ask, begun, end } = lab(new RequestGate(1));
    const stop = new AbortController();
    const first = ask('first');
    const stopped = ask('stopped', stop.signal);
    const last = ask('last');
    await settled();
    end('first');
    await first;
    stop.abort(new Error('Ctrl-C'));
    await expect(stopped.then(() => 'done')).rejects.toMatchObject({ code: 'TIMED_OUT' });
    await settled();
    expect(begun).toEqual(['first', 'last']);
    end('last');
    await last;
  });

  it('asks nobody to wait who was stopped before', async () => {
    const { ask, begun } = lab(new RequestGate(1));
    const stopped = AbortSignal.abort(new Error('Ctrl-C'));
    await expect(ask('x', stopped)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(begun).toEqual([]);
  });
});
