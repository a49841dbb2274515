import { describe, it } from 'vitest';
import { oneOfThreeKilled } from './faults/cluster.js';
import { chaosRounds, ROUND_MS } from './lab/rounds.js';

describe('three brokers', () => {
  const play = chaosRounds('chaos-cluster', { cluster: true, replicationFactor: 3 });

  it(
    'one of them killed: nothing acknowledged is lost, every change is published exactly once, and no worker gives up',
    () => play(oneOfThreeKilled),
    ROUND_MS,
  );
});
