import { createConnection } from 'mysql2/promise';
import type { Fault, Round } from '../lab/round.js';

/** The server takes no more connections, and those that were there have gone. */
export const tooManyConnections: Fault = {
  name: 'too many connections (1040)',
  async play(round) {
    const { host, port, adminUser, adminPassword } = round.servers.mysql;
    const login = { host, port, user: adminUser, password: adminPassword };
    await round.workers.startReady(1);
    await round.underLoad(async () => {
      await round.pause(500, 2_000);
      // The administrator's one extra connection does not count, and is held open to undo this.
      const control = await createConnection(login);
      const crowd = [await createConnection(login)];
      await control.query('SET GLOBAL max_connections = 2');
      await dropSessions(round, control);
      round.note('no connection is to be had');
      await round.pause(500, 5_000);
      await control.query('SET GLOBAL max_connections = 300');
      round.note('there are some again');
      for (const connection of [...crowd, control]) await connection.end();
    });
    await round.goesOn();
  },
};

/** The server takes no statement above a few kilobytes. */
export const smallPackets: Fault = {
  name: 'max_allowed_packet too small (1153)',
  async play(round) {
    const { host, port, adminUser, adminPassword } = round.servers.mysql;
    const control = await createConnection({ host, port, user: adminUser, password: adminPassword });
    try {
      await round.workers.startReady(1);
      await round.underLoad(async () => {
        await round.pause(500, 1_500);
        await control.query('SET GLOBAL max_allowed_packet = 4096');
        await dropSessions(round, control);
        round.note('statements above 4 KB are refused');
        await round.pause(1_000, 5_000);
        await control.query('SET GLOBAL max_allowed_packet = 67108864');
        await dropSessions(round, control);
        round.note('they are taken again');
      });
      await round.goesOn();
    } finally {
      await control.query('SET GLOBAL max_allowed_packet = 67108864');
      await control.end();
    }
  },
};

type Control = Awaited<ReturnType<typeof createConnection>>;

/** Sessions keep the limits that they began with: new ones meet the new. */
async function dropSessions(round: Round, control: Control): Promise<void> {
  const user = round.installation.database;
  const [rows] = await control.query(`SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '${user}'`);
  for (const { ID } of rows as { ID: number }[]) await control.query(`KILL ${ID}`).catch(() => undefined);
}
