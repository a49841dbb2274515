import type { Fault } from '../lab/round.js';
import { outcomes } from '../lab/settle.js';
import { FEEDS } from '../lab/shop-rows.js';
import { SlowProxy } from '../lab/slow-proxy.js';

/** Each statement takes half a second longer: memberships must outlast the work, and the work must go on. */
export const slowMysql: Fault = {
  name: 'MySQL slow by 500 ms a statement',
  async play(round) {
    const { host, port } = round.servers.mysql;
    const proxy = await SlowProxy.start(host, port);
    try {
      const env = { DB_PORT: String(proxy.port) };
      const [worker] = await round.workers.startReady(1, { env });
      await round.pause(300, 1_000);
      proxy.delayMs = 500;
      round.note('slow');
      const joins = () => worker?.lines.filter((line) => line.includes('joined the group')).length ?? 0;
      const before = joins();
      // One snapshot takes longer than a session now, and nobody loses the membership over it.
      const [id = ''] = await round.shop.publishGood([FEEDS[0] as (typeof FEEDS)[number]]);
      await round.shop.publishGood();
      await outcomes(round.installation, [id]);
      round.note('a snapshot went through, slowly');
      if (joins() !== before) throw new Error('the worker lost its membership over slow statements');
      proxy.delayMs = 0;
      await round.goesOn();
    } finally {
      await round.workers.killAll();
      await proxy.close();
    }
  },
};
