import type { Fault } from '../lab/round.js';
import { brokerFrozen, brokerKilled } from './broker.js';
import { clockJumps } from './clock-jumps.js';
import { killAt } from './kill-at-point.js';
import { killAtRandom } from './kill-at-random.js';
import { killMidSnapshot } from './kill-mid-snapshot.js';
import { mysqlAway, mysqlReadOnly } from './mysql-away.js';
import { smallPackets, tooManyConnections } from './mysql-limits.js';
import { deadlocks, lockWait } from './mysql-locks.js';
import { offsetsLost } from './offsets.js';
import { partitionsAdded } from './partitions-added.js';
import { recreated, truncatedAbove, truncatedBelow } from './raw-topic-lost.js';
import { rebalanceStorm } from './rebalance-storm.js';
import { scale } from './scale.js';
import { sigterm, sigtermTwice } from './sigterm.js';
import { slowMysql } from './slow-mysql.js';
import { smtpTrouble } from './smtp.js';
import { zombieAt } from './zombie.js';

/** Faults of the long run, and how often each is drawn. */
export const FAULTS: readonly { fault: Fault; weight: number }[] = [
  { fault: killAtRandom, weight: 5 },
  { fault: killAt(), weight: 8 },
  { fault: killMidSnapshot, weight: 2 },
  { fault: zombieAt(), weight: 4 },
  { fault: rebalanceStorm(8), weight: 1 },
  { fault: scale, weight: 1 },
  { fault: brokerKilled, weight: 2 },
  { fault: brokerFrozen, weight: 1 },
  { fault: mysqlAway('killed'), weight: 2 },
  { fault: mysqlAway('restarted'), weight: 1 },
  { fault: mysqlReadOnly, weight: 1 },
  { fault: lockWait, weight: 1 },
  { fault: deadlocks(4), weight: 1 },
  { fault: tooManyConnections, weight: 1 },
  { fault: smallPackets, weight: 1 },
  { fault: slowMysql, weight: 1 },
  { fault: offsetsLost('deleted'), weight: 2 },
  { fault: offsetsLost('reset to earliest'), weight: 2 },
  { fault: partitionsAdded, weight: 1 },
  { fault: truncatedAbove, weight: 1 },
  { fault: truncatedBelow, weight: 1 },
  { fault: recreated('shorter'), weight: 1 },
  { fault: recreated('longer'), weight: 1 },
  { fault: clockJumps, weight: 1 },
  { fault: sigterm, weight: 2 },
  { fault: sigtermTwice, weight: 1 },
  { fault: smtpTrouble, weight: 2 },
];
