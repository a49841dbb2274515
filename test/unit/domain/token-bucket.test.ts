import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BucketState,
  charged,
  countedAgain,
  DEEPEST_DEBT,
  fullBucket,
  heldOff,
  lowered,
  slowed,
  takeFrom,
} from '../../../src/domain/token-bucket.js';

const bucketOf = fc.record({
  key: fc.constant('ozon:1:all'),
  intervalMs: fc.integer({ min: 50, max: 20_000 }),
  burst: fc.integer({ min: 1, max: 20 }),
});

/** Something that happens after some milliseconds. */
const step = fc.record({
  after: fc.nat(30_000),
  what: fc.oneof(
    { weight: 5, arbitrary: fc.constant({ kind: 'take' } as const) },
    fc.record({ kind: fc.constant('charge' as const), tokens: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('lower' as const), tokens: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ kind: fc.constant('holdOff' as const), ms: fc.integer({ min: -1000, max: 60_000 }) }),
    fc.record({ kind: fc.constant('slow' as const), intervalMs: fc.nat(10_000), forMs: fc.nat(100_000) }),
  ),
});
type Bucket = Parameters<typeof takeFrom>[0];
type What = (typeof step extends fc.Arbitrary<infer S> ? S : never)['what'];

function after(bucket: Bucket, state: BucketState, now: number, what: What): BucketState {
  if (what.kind === 'take') return takeFrom(bucket, state, now).state;
  if (what.kind === 'charge') return charged(bucket, state, now, what.tokens);
  if (what.kind === 'lower') return lowered(bucket, state, now, what.tokens);
  if (what.kind === 'holdOff') return heldOff(state, now, now + what.ms);
  return slowed(bucket, state, now, what);
}

/** Every state of a story, with its moment. */
function told(bucket: Bucket, steps: readonly { after: number; what: What }[]) {
  let now = 1_795_000_000_000;
  let state = fullBucket(bucket, now);
  return steps.map((one) => {
    now += one.after;
    state = after(bucket, state, now, one.what);
    return { state, now };
  });
}
const story = fc.tuple(bucketOf, fc.array(step, { minLength: 1, maxLength: 40 }));

describe('a bucket, whatever happens to it', () => {
  it('never holds more than its burst, nor owes more than the deepest debt', () => {
    fc.assert(
      fc.property(story, ([bucket, steps]) => {
        for (const { state } of told(bucket, steps)) {
          expect(state.tokens).toBeLessThanOrEqual(bucket.burst);
          expect(state.tokens).toBeGreaterThanOrEqual(-DEEPEST_DEBT);
        }
      }),
    );
  });

  it('gives a token when the wait it named is over, and none before', () => {
    fc.assert(
      fc.property(story, fc.double({ min: 0, max: 0.99, noNaN: true }), ([bucket, steps], part) => {
        const { state, now } = told(bucket, steps).at(-1) ?? { state: fullBucket(bucket, 0), now: 0 };
        const { wait } = takeFrom(bucket, state, now);
        // A hold-off names its own end: what must be waited for behind it shows only then.
        const held = state.notBefore > now;
        if (held) expect(wait).toBe(state.notBefore - now);
        else expect(takeFrom(bucket, state, now + Math.ceil(wait)).wait).toBe(0);
        if (!held && wait > 1) expect(takeFrom(bucket, state, now + wait * part).wait).toBeGreaterThan(0);
      }),
    );
  });

  it('counted often or seldom comes to the same', () => {
    const looks = fc.array(fc.nat(5000), { maxLength: 20 });
    fc.assert(
      fc.property(story, looks, ([bucket, steps], pauses) => {
        const { state, now } = told(bucket, steps).at(-1) ?? { state: fullBucket(bucket, 0), now: 0 };
        let often = state;
        let at = now;
        for (const pause of pauses) {
          at += pause;
          often = countedAgain(bucket, often, at);
        }
        const once = countedAgain(bucket, state, at);
        // A hold-off that changes nothing does not count either: without a single look there is one to be made.
        expect(countedAgain(bucket, often, at).tokens).toBeCloseTo(once.tokens, 6);
      }),
    );
  });

  it('gives no more than burst and one per interval, and while it is slow one per slow interval', () => {
    const slowing = fc.record({ intervalMs: fc.integer({ min: 50, max: 10_000 }), forMs: fc.nat(100_000) });
    const pauses = fc.array(fc.nat(3000), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(bucketOf, slowing, pauses, (bucket, slow, steps) => {
        const start = 1_795_000_000_000;
        const end = start + slow.forMs;
        let state = slowed(bucket, fullBucket(bucket, start), start, slow);
        let now = start;
        let given = 0;
        for (const pause of steps) {
          now += pause;
          const taken = takeFrom(bucket, state, now);
          state = taken.state;
          if (taken.wait === 0) given += 1;
          const pace = Math.max(slow.intervalMs, bucket.intervalMs);
          const earned = (Math.min(now, end) - start) / pace + Math.max(0, now - end) / bucket.intervalMs;
          expect(given).toBeLessThanOrEqual(bucket.burst + earned + 0.001);
        }
      }),
    );
  });

  it('after its clock was set back gives a token in no more time than it takes to earn what is missing', () => {
    fc.assert(
      fc.property(bucketOf, fc.integer({ min: 0, max: 40 }), fc.nat(86_400_000), (bucket, takes, back) => {
        const now = 1_795_000_000_000;
        let state = fullBucket(bucket, now);
        for (let count = 0; count < takes; count += 1) state = takeFrom(bucket, state, now).state;
        const { wait, state: counted } = takeFrom(bucket, state, now - back);
        expect(wait).toBeLessThanOrEqual(bucket.intervalMs);
        if (wait > 0) expect(takeFrom(bucket, counted, now - back + wait).wait).toBe(0);
      }),
    );
  });
});

it('a bucket without an interval is no limit to speak of', () => {
  const bucket = { key: 'b', intervalMs: 0, burst: 1 };
  let state = fullBucket(bucket, 0);
  for (let now = 0; now < 5; now += 1) {
    const taken = takeFrom(bucket, state, now);
    expect(taken.wait).toBe(0);
    expect(takeFrom(bucket, taken.state, now).wait).toBe(1);
    state = taken.state;
  }
});

describe('a slowed bucket', () => {
  const bucket = { key: 'b', intervalMs: 500, burst: 1 };
  const empty = takeFrom(bucket, fullBucket(bucket, 0), 0).state;

  it('keeps what it has earned, earns slowly until the end, and then as ever', () => {
    const slow = slowed(bucket, empty, 250, { intervalMs: 2000, forMs: 600 });
    expect(slow.tokens).toBe(0.5);
    // 0.3 tokens in the 600 ms that are left of it, the other 0.2 at the usual pace.
    expect(takeFrom(bucket, slow, 250).wait).toBeCloseTo(600 + 100, 6);
    expect(takeFrom(bucket, slow, 950).wait).toBe(0);
  });

  it('is never faster than by itself', () => {
    const slow = slowed(bucket, empty, 0, { intervalMs: 100, forMs: 60_000 });
    expect(takeFrom(bucket, slow, 0).wait).toBe(500);
  });

  it('slowed again keeps the longer interval and the later end, and forgets one that is over', () => {
    const once = slowed(bucket, empty, 0, { intervalMs: 4000, forMs: 60_000 });
    expect(slowed(bucket, once, 1000, { intervalMs: 1000, forMs: 90_000 })).toMatchObject({
      slowInterval: 4000,
      slowUntil: 91_000,
    });
    expect(slowed(bucket, once, 1000, { intervalMs: 5000, forMs: 1000 })).toMatchObject({
      slowInterval: 5000,
      slowUntil: 60_000,
    });
    expect(slowed(bucket, once, 60_000, { intervalMs: 1000, forMs: 1000 })).toMatchObject({
      slowInterval: 1000,
      slowUntil: 61_000,
    });
  });
});

describe('a bucket that is held off', () => {
  const bucket = { key: 'b', intervalMs: 200, burst: 20 };

  it('gives one token at the end, and the rest at the usual pace', () => {
    let state = heldOff(fullBucket(bucket, 0), 0, 5000);
    expect(takeFrom(bucket, state, 1000).wait).toBe(4000);
    state = takeFrom(bucket, state, 5000).state;
    expect(takeFrom(bucket, state, 5000).wait).toBe(200);
    expect(takeFrom(bucket, state, 5200).wait).toBe(0);
  });

  it('forgives debts made before and takes those made meanwhile, nothing else', () => {
    const debtor = charged(bucket, fullBucket(bucket, 0), 0, 60);
    const state = heldOff(debtor, 0, 5000);
    expect(takeFrom(bucket, state, 5000).wait).toBe(0);
    expect(takeFrom(bucket, charged(bucket, state, 100, 9), 5000).wait).toBe(9 * 200);
    expect(lowered(bucket, state, 100, 0)).toBe(state);
  });

  it('by a moment gone by, or an earlier one, is not held off further', () => {
    const full = fullBucket(bucket, 9000);
    expect(heldOff(full, 9000, 9000)).toBe(full);
    const held = heldOff(full, 9000, 12_000);
    expect(heldOff(held, 9500, 11_000)).toBe(held);
  });
});
