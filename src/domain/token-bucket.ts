/** A token bucket of one account and method, as the marketplace counts: one token per interval, at most `burst`. */
export interface Bucket {
  /** `source:account:method`. */
  readonly key: string;
  readonly intervalMs: number;
  readonly burst: number;
}

/** What is remembered of a bucket; times in Unix milliseconds. */
export interface BucketState {
  /** Tokens there were at `countedAt`: at most the bucket's burst, below zero while it is in debt. */
  readonly tokens: number;
  readonly countedAt: number;
  /** No token is given before this. */
  readonly notBefore: number;
  /** Milliseconds per token until `slowUntil`, where that is longer than the bucket's own interval. */
  readonly slowInterval: number;
  readonly slowUntil: number;
}

/** The deepest debt that is kept: a string of refusals must not lock a method for hours. */
export const DEEPEST_DEBT = 100;
/** Sums of fractions may fall short of a whole token by less than this. */
const CRUMB = 1e-6;

/** A bucket nobody has taken from. */
export function fullBucket(bucket: Bucket, now: number): BucketState {
  return { tokens: bucket.burst, countedAt: now, notBefore: 0, slowInterval: 0, slowUntil: 0 };
}

/**
 * The same bucket, counted now: one token for each interval gone by, at the slowed pace as long as that lasted.
 * While it is held off it earns nothing (see {@link heldOff}), and after a clock was set back it earns from now on.
 */
export function countedAgain(bucket: Bucket, state: BucketState, now: number): BucketState {
  if (state.notBefore > now) return state;
  const from = Math.min(state.countedAt, now);
  const turn = Math.min(Math.max(from, state.slowUntil), now);
  const earned = (turn - from) / slowPace(bucket, state) + (now - turn) / ownPace(bucket);
  return { ...state, tokens: Math.min(bucket.burst, state.tokens + earned), countedAt: now };
}

/** One token taken (`wait` 0), or after how many milliseconds to ask again. */
export function takeFrom(
  bucket: Bucket,
  state: BucketState,
  now: number,
): { readonly wait: number; readonly state: BucketState } {
  if (state.notBefore > now) return { wait: state.notBefore - now, state };
  const counted = countedAgain(bucket, state, now);
  const missing = 1 - counted.tokens;
  if (missing <= CRUMB) return { wait: 0, state: { ...counted, tokens: counted.tokens - 1 } };
  return { wait: timeFor(missing, bucket, counted, now), state: counted };
}

/** Takes tokens whether they are there or not. */
export function charged(bucket: Bucket, state: BucketState, now: number, tokens: number): BucketState {
  const counted = countedAgain(bucket, state, now);
  return { ...counted, tokens: Math.max(-DEEPEST_DEBT, counted.tokens - tokens) };
}

/** At most so many tokens are left. A bucket that is held off stays as it is: the marketplace has said more of it. */
export function lowered(bucket: Bucket, state: BucketState, now: number, tokens: number): BucketState {
  if (state.notBefore > now) return state;
  const counted = countedAgain(bucket, state, now);
  return { ...counted, tokens: Math.min(counted.tokens, tokens) };
}

/**
 * Nothing before `notBefore`. The marketplace's bucket was empty, whatever we had counted: then one request may go,
 * and further tokens come at the usual pace. A moment gone by, or before the one already known, changes nothing.
 */
export function heldOff(state: BucketState, now: number, notBefore: number): BucketState {
  if (notBefore <= Math.max(now, state.notBefore)) return state;
  return { ...state, tokens: 1, countedAt: notBefore, notBefore };
}

/**
 * One token per `intervalMs` for `forMs` milliseconds from now. While an earlier slowing lasts, the longer interval
 * and the later end of both count.
 */
export function slowed(
  bucket: Bucket,
  state: BucketState,
  now: number,
  { intervalMs, forMs }: { readonly intervalMs: number; readonly forMs: number },
): BucketState {
  const counted = countedAgain(bucket, state, now);
  const lasting = state.slowUntil > now;
  return {
    ...counted,
    slowInterval: lasting ? Math.max(state.slowInterval, intervalMs) : intervalMs,
    slowUntil: Math.max(state.slowUntil, now + forMs),
  };
}

/** A method without a limit has an interval of nothing, and nothing is not to be divided by. */
function ownPace(bucket: Bucket): number {
  return Math.max(1, bucket.intervalMs);
}

function slowPace(bucket: Bucket, state: BucketState): number {
  return Math.max(ownPace(bucket), state.slowInterval);
}

/** Milliseconds until so many tokens more are there. */
function timeFor(tokens: number, bucket: Bucket, state: BucketState, now: number): number {
  const slowMs = Math.max(0, state.slowUntil - now);
  const slowTokens = slowMs / slowPace(bucket, state);
  return tokens <= slowTokens
    ? tokens * slowPace(bucket, state)
    : slowMs + (tokens - slowTokens) * ownPace(bucket);
}
