import { describe, it } from 'vitest';
import { RAW_REPLICAS, uncleanElection } from './faults/cluster.js';
import { chaosRounds, ROUND_MS } from './lab/rounds.js';

describe('an unclean election makes Kafka lose acknowledged records', () => {
  const play = chaosRounds('chaos-unclean', {
    cluster: true,
    replicationFactor: 3,
    rawReplicas: RAW_REPLICAS,
  });

  it(
    'more is written than was lost, under a worker that goes on reading: noticed aloud, never silently wrong',
    () => play(uncleanElection('alive', 'much')),
    ROUND_MS,
  );
});
