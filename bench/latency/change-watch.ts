import { randomUUID } from 'node:crypto';
import type { Broker } from '../../src/broker/broker.js';
import type { GroupMember } from '../../src/ports/broker.js';

/** A downstream reader of stock changes, read_committed, from the topic's present end on. */
export class ChangeWatch {
  private readonly waiting = new Map<string, (at: number) => void>();

  private constructor(
    private readonly member: GroupMember,
    private readonly account: string,
  ) {}

  /** @param account whose changes count */
  static async open(broker: Broker, topic: string, account: string): Promise<ChangeWatch> {
    const ends = await broker.ends([topic]);
    const member = broker.member(`downstream-${randomUUID()}`, topic);
    const watch = new ChangeWatch(member, account);
    await new Promise<void>((resolve, reject) => {
      member
        .start({
          joined: (partitions) => {
            for (const partition of partitions)
              member.resumeAt(partition, ends[`${topic}/${partition}`] ?? 0);
            resolve();
          },
          batch: async ({ records, heartbeat }) => {
            for (const { key } of records) watch.seen(key ?? '');
            await heartbeat();
            return true;
          },
          skipped: () => undefined,
          crashed: reject,
        })
        .catch(reject);
    });
    return watch;
  }

  /** Resolves with the moment, by performance.now, at which the next change of this product was readable. */
  change(productId: string): Promise<number> {
    return new Promise((resolve) => this.waiting.set(productId, resolve));
  }

  private seen(key: string): void {
    const now = performance.now();
    const [, account, productId = ''] = key.split(':');
    if (account !== this.account) return;
    this.waiting.get(productId)?.(now);
    this.waiting.delete(productId);
  }

  close(): Promise<void> {
    return this.member.stop();
  }
}
