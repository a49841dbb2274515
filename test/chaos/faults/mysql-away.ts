import type { Fault } from '../lab/round.js';

/** MySQL dies as in a power cut, or is restarted in order. */
export function mysqlAway(how: 'killed' | 'restarted'): Fault {
  return {
    name: `MySQL ${how}`,
    async play(round) {
      const { servers } = round;
      await round.workers.startReady(1);
      await round.underLoad(async () => {
        await round.pause(500, 2_500);
        round.note(`MySQL is ${how}`);
        await (how === 'killed' ? servers.killMysql() : servers.stopMysql());
        await round.pause(0, 4_000);
        await servers.startMysql();
        round.note('it is back');
      });
      await round.goesOn();
    },
  };
}

/** A replica took over, or a DBA is at work: reads go on, writes are refused. */
export const mysqlReadOnly: Fault = {
  name: 'MySQL read-only',
  async play(round) {
    await round.workers.startReady(1);
    await round.underLoad(async () => {
      await round.pause(500, 2_000);
      await round.servers.asRoot('SET GLOBAL super_read_only = ON');
      round.note('read-only');
      await round.pause(500, 6_000);
      await round.servers.asRoot('SET GLOBAL super_read_only = OFF', 'SET GLOBAL read_only = OFF');
      round.note('writable again');
    });
    await round.goesOn();
  },
};
