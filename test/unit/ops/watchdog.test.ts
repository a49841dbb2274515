import { describe, expect, it } from 'vitest';
import { Watchdog } from '../../../src/ops/watchdog.js';

function watched(everyMs = 60_000) {
  const state = { now: 0, places: new Map([[0, 10]]), retries: 0, caughtUp: false as boolean | Error };
  const dog = new Watchdog(
    'projector',
    {
      progress: () => state.places,
      get retries() {
        return state.retries;
      },
      caughtUp: async () => {
        if (state.caughtUp instanceof Error) throw state.caughtUp;
        return state.caughtUp;
      },
    },
    { limitMs: 60_000, everyMs, now: () => state.now },
  );
  const later = (ms: number) => {
    state.now += ms;
    return dog.check();
  };
  return { state, later };
}

describe('watchdog', () => {
  it('barks once unread records have lain for the whole time', async () => {
    const { later } = watched();
    expect(await later(0)).toBeNull();
    expect(await later(59_999)).toBeNull();
    expect(await later(1)).toMatchObject({
      code: 'TIMED_OUT',
      message: 'the projector has unread records and has done nothing for 60 s',
    });
  });

  it('counts anew from every step forward', async () => {
    const { state, later } = watched();
    await later(0);
    state.places = new Map([[0, 11]]);
    expect(await later(59_000)).toBeNull();
    expect(await later(59_000)).toBeNull();
    expect(await later(1_000)).not.toBeNull();
  });

  it('lets one be that waits for something and says so, and barks where it falls silent', async () => {
    const { state, later } = watched();
    await later(0);
    for (let round = 0; round < 5; round += 1) {
      state.retries += 1;
      expect(await later(59_000)).toBeNull();
    }
    expect(await later(59_999)).toBeNull();
    expect(await later(1)).not.toBeNull();
  });

  it('takes a partition that is given away and comes back for no step forward', async () => {
    const { state, later } = watched();
    await later(0);
    for (let round = 0; round < 6; round += 1) {
      state.places = round % 2 === 0 ? new Map() : new Map([[0, 10]]);
      expect(await later(9_000)).toBeNull();
    }
    expect(await later(6_000)).not.toBeNull();
  });

  it('does not hold against a process that it was frozen, or that its clock jumped', async () => {
    const { later } = watched(5_000);
    await later(5_000);
    expect(await later(3_600_000)).toBeNull();
    expect(await later(-7_200_000)).toBeNull();
    for (let look = 0; look < 8; look += 1) expect(await later(5_000)).toBeNull();
    // Eight looks, and the three that the frost may count for: 55 s.
    expect(await later(5_000)).not.toBeNull();
  });

  it('lets a consumer be that has nothing to do, or whose broker cannot be asked', async () => {
    const { state, later } = watched();
    state.caughtUp = true;
    expect(await later(600_000)).toBeNull();
    state.caughtUp = new Error('no broker');
    expect(await later(600_000)).toBeNull();
    state.caughtUp = false;
    expect(await later(59_000)).toBeNull();
    expect(await later(1_000)).not.toBeNull();
  });
});
