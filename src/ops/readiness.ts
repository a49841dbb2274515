import { AppError, isAppError, messageOf } from '../errors.js';
import { within } from './deadline.js';

/** Why a process cannot do its work now. */
export interface Unready {
  readonly part: string;
  readonly reason: string;
  /** What to do about it, where that is known. */
  readonly remedy: string | null;
}

/** Each part by its name; its check throws what is wrong. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

const FRESH_MS = 2_000;
const PATIENCE_MS = 4_000;

/** Looks at all parts at once, at most every two seconds, and waits for none longer than four. Never throws. */
export function readiness(
  checks: ReadinessChecks,
  now: () => number = () => performance.now(),
): () => Promise<readonly Unready[]> {
  let until = Number.NEGATIVE_INFINITY;
  let last: Promise<readonly Unready[]> = Promise.resolve([]);
  return () => {
    if (now() >= until) {
      until = now() + FRESH_MS;
      last = look(checks);
    }
    return last;
  };
}

async function look(checks: ReadinessChecks): Promise<readonly Unready[]> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([part, check]): Promise<Unready | null> => {
      try {
        await within(PATIENCE_MS, check(), silent);
        return null;
      } catch (error) {
        const remedy = isAppError(error) ? (error.remedy ?? null) : null;
        return { part, reason: messageOf(error), remedy };
      }
    }),
  );
  return found.filter((one) => one !== null);
}

const silent = () => new AppError('TIMED_OUT', `no answer within ${PATIENCE_MS / 1000} s`);
