import { describe, it } from 'vitest';
import { brokerFrozen, brokerKilled } from './faults/broker.js';
import { mysqlAway, mysqlReadOnly } from './faults/mysql-away.js';
import { smallPackets, tooManyConnections } from './faults/mysql-limits.js';
import { deadlocks, lockWait } from './faults/mysql-locks.js';
import { recreated, truncatedAbove, truncatedBelow } from './faults/raw-topic-lost.js';
import { slowMysql } from './faults/slow-mysql.js';
import { chaosRounds, ROUND_MS } from './lab/rounds.js';

describe('Kafka and MySQL under the workers die, freeze, refuse and forget', () => {
  const play = chaosRounds('chaos-servers');

  it(
    'the broker killed, and frozen for longer than a session: every change is published exactly once, and the workers go on by themselves',
    () => play(brokerKilled, brokerFrozen),
    ROUND_MS,
  );

  it(
    'MySQL killed, restarted and read-only: nothing acknowledged is lost, and the workers go on by themselves',
    () => play(mysqlAway('killed'), mysqlAway('restarted'), mysqlReadOnly),
    ROUND_MS,
  );

  it(
    'lock wait timeouts and deadlocks: a transaction is tried again as a whole, and MySQL equals the function of the raw topic',
    () => play(lockWait, deadlocks(3)),
    ROUND_MS,
  );

  it(
    'no connections to be had, and statements refused for their size: the workers wait and go on',
    () => play(tooManyConnections, smallPackets),
    ROUND_MS,
  );

  it('statements that take half a second longer cost no membership', () => play(slowMysql), ROUND_MS);

  it('the raw topic truncated below the checkpoint: nothing is amiss', () => play(truncatedBelow), ROUND_MS);

  it(
    'records that were never applied are gone: refused aloud, never silently wrong',
    () => play(truncatedAbove),
    ROUND_MS,
  );

  it(
    'the raw topic deleted and recreated, longer than before: refused aloud, never silently wrong',
    () => play(recreated('longer')),
    ROUND_MS,
  );
});
