import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../../broker/broker.js';
import { RangeReader } from './range-reader.js';

/** Broker times of single records, as `partition/offset` → Unix milliseconds. */
export async function firstTimes(
  { broker, prefix }: { readonly broker: Broker; readonly prefix: string },
  topic: string,
  places: readonly { readonly partition: number; readonly offset: number }[],
): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  // One reading goes to one place of a partition at a time.
  for (const round of [0, 1]) {
    const from = new Map<number, number>();
    for (const { partition, offset } of places) {
      const isSecond = places.some((one) => one.partition === partition && one.offset < offset);
      if (isSecond === (round === 1)) from.set(partition, offset);
    }
    if (from.size === 0) continue;
    const reader = new RangeReader({
      ...{ broker, prefix, topic, from },
      records: async (partition, [first]) => {
        const asked = from.get(partition);
        if (first !== undefined && first.offset === asked)
          times.set(`${partition}/${asked}`, first.timestamp);
      },
    });
    await reader.start();
    while (reader.failure === undefined && ![...from].every(([p, offset]) => times.has(`${p}/${offset}`))) {
      await delay(20);
    }
    await reader.stop();
    if (reader.failure !== undefined) throw reader.failure;
  }
  return times;
}
