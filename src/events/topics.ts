/** Logical names of the topics; the full name is `<prefix>.<name>`. */
export const TOPICS = {
  rawSnapshots: 'raw-snapshots.v1',
  stockChanges: 'stock-changes.v1',
  syncEvents: 'sync-events.v1',
  alerts: 'alerts.v1',
  deadLetters: 'dead-letters.v1',
} as const;

export type TopicName = (typeof TOPICS)[keyof typeof TOPICS];

export function topicOf(prefix: string, name: TopicName): string {
  return `${prefix}.${name}`;
}

export interface TopicSpec {
  readonly name: TopicName;
  readonly partitions: number;
  /** Broker settings that the design fixes; `topics create` sets them and refuses a topic that contradicts them. */
  readonly settings: Readonly<Record<string, string>>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param rawRetentionDays how long raw snapshots can be replayed */
export function topicSpecs(rawRetentionDays: number): readonly TopicSpec[] {
  const common = {
    // The broker's time: one whose clock is an hour fast would be refused its records, and one that lags would age them.
    'message.timestamp.type': 'LogAppendTime',
    'compression.type': 'producer',
  };
  const kept = (days: number) => ({
    ...common,
    'cleanup.policy': 'delete',
    'retention.ms': String(days * DAY_MS),
  });
  return [
    {
      name: TOPICS.rawSnapshots,
      partitions: 12,
      settings: kept(rawRetentionDays),
    },
    {
      name: TOPICS.stockChanges,
      partitions: 12,
      settings: {
        ...common,
        'cleanup.policy': 'compact',
        'min.compaction.lag.ms': String(7 * DAY_MS),
      },
    },
    { name: TOPICS.syncEvents, partitions: 3, settings: kept(90) },
    { name: TOPICS.alerts, partitions: 3, settings: kept(90) },
    {
      name: TOPICS.deadLetters,
      partitions: 3,
      // A record of the greatest size, spelt in base64 and with the reasons in its headers, must fit.
      settings: { ...kept(30), 'max.message.bytes': '2097152' },
    },
  ];
}

/** Stable group ids: application and purpose, shared by all replicas. */
export const GROUPS = { projector: 'projector', anomaly: 'anomaly', mailer: 'mailer' } as const;
export type GroupName = keyof typeof GROUPS;

export function groupOf(prefix: string, name: GroupName): string {
  return `${prefix}.${GROUPS[name]}`;
}
