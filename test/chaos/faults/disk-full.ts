import { join } from 'node:path';
import { kafkaStatus } from '../../../engines/kafka.js';
import type { Fault } from '../lab/round.js';
import type { SmallDisk } from '../lab/small-disk.js';

/** Where the broker of a lab keeps its log: to be a small disk before the lab starts. */
export const logFolder = (dir: string): string => join(dir, 'kafka', 'data');

/** The broker's disk is full: it goes down, is given room, and comes back. */
export function diskFull(disk: SmallDisk): Fault {
  return {
    name: 'log disk full',
    async play(round) {
      await round.workers.startReady(1);
      await round.underLoad(async () => {
        await round.pause(500, 1_500);
        disk.fill();
        round.note('the disk is full');
        await round.until('the broker gave up', () => kafkaStatus(round.servers.dir).state !== 'up');
        round.note('the broker is down');
        disk.free();
        await round.servers.startKafka();
        round.note('there is room, and it is back');
      });
      await round.goesOn();
    },
  };
}
