import { setTimeout as delay } from 'node:timers/promises';
import { isAppError } from '../../errors.js';
import type { Installation } from '../../main.js';
import type { RedriveStanding } from '../../store/redrive-standing.js';
import type { InProcessReason } from '../sync/applied-wait.js';
import { InProcessWorkers } from '../sync/in-process.js';

const POLL_MS = 100;
const MEMBERS_MS = 1_000;
/** A worker that has not moved for so long gets help. */
const STALL_MS = 30_000;
/** And what nobody reads for so long is left to whoever will. */
const PATIENCE_MS = 60_000;

/** A place in a topic that a group is to pass. */
export interface Appended {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface AwaitReadOptions {
  readonly installation: Installation;
  readonly standing: RedriveStanding;
  readonly signal: AbortSignal;
  readonly onInProcess: (reason: InProcessReason) => void;
}

/**
 * Waits until the groups have read what was appended; where no worker lives, or none moves, this process does it.
 * Answers what is not read yet: nothing moved for a minute, the signal fired, or the consumers of this process ended.
 *
 * @throws what ended the consumers of this process
 */
export async function awaitRead(
  appended: readonly Appended[],
  { installation, standing, signal, onInProcess }: AwaitReadOptions,
): Promise<readonly Appended[]> {
  const workers = new InProcessWorkers({ installation, onStart: onInProcess, onDrain: () => undefined });
  const broker = await installation.broker();
  let pending = appended;
  let movedAt = Date.now();
  let askAt = 0;
  let seen = '';
  try {
    for (;;) {
      const next = await marks(pending, standing);
      pending = pending.filter((one) => (next.get(placeOf(one)) ?? 0) <= one.offset);
      if (pending.length === 0 || signal.aborted) return pending;
      if (workers.failure !== undefined) throw workers.failure;
      const now = Date.now();
      const state = JSON.stringify([...next]);
      if (state !== seen) movedAt = now;
      seen = state;
      if (now - movedAt >= PATIENCE_MS) return pending;
      if (now - movedAt >= STALL_MS) workers.begin('stalled');
      if (now >= askAt) {
        askAt = now + MEMBERS_MS;
        for (const group of new Set(pending.map((one) => one.group))) {
          if ((await broker.group(group)).members === 0) workers.begin('no-worker');
        }
      }
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } catch (error) {
    // What is in the topic is safe there, and is read sooner or later.
    if (isAppError(error) && error.fate === 'retry') return pending;
    throw error;
  } finally {
    await workers.finish(signal);
  }
}

function placeOf({ group, topic, partition }: Omit<Appended, 'offset'>): string {
  return `${group} ${topic} ${partition}`;
}

/** Next offset by group, topic and partition. */
async function marks(
  pending: readonly Appended[],
  standing: RedriveStanding,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const one of pending) {
    if (found.has(placeOf(one))) continue;
    found.set(placeOf(one), (await standing.applied(one.group, one.topic, one.partition)) ?? 0);
  }
  return found;
}
