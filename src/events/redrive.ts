import type { Headers } from './envelope.js';

/** Headers of a record that an operator has sent back from the dead letters to the topic where it lay. */
export const REDRIVE = {
  /** Where it could not be read: `topic/partition/offset`. */
  from: 'redriven-from',
  /** The `ce_id` of its dead letter. */
  id: 'redriven-id',
} as const;

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export function redriveHeaders(place: Place, letterId: string): Headers {
  return { [REDRIVE.from]: `${place.topic}/${place.partition}/${place.offset}`, [REDRIVE.id]: letterId };
}

/**
 * The offset at which a redriven record could not be read, −1 where that was in another partition (or nobody can
 * say); null for a record that was never redriven.
 */
export function redrivenFrom(record: Place & { readonly headers: Headers }): number | null {
  const from = record.headers[REDRIVE.from];
  if (from === undefined) return null;
  const here = `${record.topic}/${record.partition}/`;
  const offset = from.startsWith(here) ? from.slice(here.length) : '';
  return /^\d{1,15}$/.test(offset) ? Number(offset) : -1;
}
