/** What `check` says beyond the connections: what is so, what is wrong with it, and what mends it. */
export interface DoctorWords {
  readonly titles: Readonly<
    Record<
      | 'clock'
      | 'versions'
      | 'rights'
      | 'topics'
      | 'broker'
      | 'groups'
      | 'letters'
      | 'freshness'
      | 'settings'
      | 'disk',
      string
    >
  >;
  readonly noDatabase: string;
  readonly noKafka: string;
  readonly notMigrated: string;
  readonly clock: {
    readonly nobody: string;
    readonly agrees: (names: string) => string;
    readonly off: (name: string, seconds: number, isAhead: boolean) => string;
    readonly mend: string;
    readonly mendDatabase: string;
    readonly zone: (server: string) => string;
    readonly sessionZone: (zone: string) => string;
    readonly mendZone: string;
  };
  readonly versions: {
    readonly kafka: (version: string | null, brokers: number) => string;
    readonly old: (what: string, least: string) => string;
    readonly renew: (name: string) => string;
    readonly migrated: string;
    readonly pending: (count: number) => string;
    readonly newer: (names: string) => string;
    readonly renewProgram: string;
  };
  readonly rights: {
    readonly enough: (user: string) => string;
    readonly lacks: (user: string) => string;
    readonly grant: (statements: string) => string;
    readonly more: (rights: string) => string;
    readonly everywhere: string;
  };
  readonly topics: {
    readonly fine: (topics: number, partitions: number) => string;
    readonly missing: (topics: string) => string;
    readonly create: string;
    readonly partitions: (topic: string, count: number, expected: number) => string;
    readonly mendPartitions: string;
    readonly setting: (topic: string, name: string, was: string, value: string) => string;
    readonly notTaken: (topic: string, inSync: number, least: number) => string;
    readonly mendMinInSync: string;
    readonly behind: (topic: string, inSync: number, replicas: number) => string;
    readonly mendReplicas: string;
    readonly tooSmall: (topic: string, bytes: number, least: number) => string;
    readonly mendTooSmall: string;
    readonly singleCopy: (brokers: number) => string;
    readonly mendSingleCopy: string;
  };
  readonly broker: {
    readonly setting: (node: number, name: string, value: string, expected: string) => string;
    readonly mend: (name: string) => string;
    readonly mendSession: string;
    readonly silent: string;
  };
  readonly groups: {
    readonly group: (name: string, state: string, members: string, waiting: string) => string;
    /** By the broker's word for it. */
    readonly states: Readonly<Record<string, string>>;
    readonly nobody: string;
    readonly idle: (names: string) => string;
    readonly mendIdle: string;
    readonly odd: (group: string, partitions: string) => string;
    readonly adopt: string;
  };
  readonly letters: {
    readonly none: string;
    readonly some: (count: string) => string;
    readonly mend: string;
  };
  readonly freshness: {
    readonly never: string;
    readonly fresh: (source: string, age: string) => string;
    readonly stale: (source: string, age: string, hours: number) => string;
    readonly mendStale: string;
    readonly beats: (command: string) => string;
    readonly silent: (command: string, age: string) => string;
    readonly mendSilent: (file: string) => string;
  };
  readonly settings: {
    readonly file: (path: string) => string;
    readonly noFile: string;
    readonly readable: (path: string, mode: string) => string;
    readonly mend: string;
  };
  readonly disk: {
    readonly none: string;
    readonly free: (free: string, where: string) => string;
    readonly full: (free: string, where: string) => string;
    readonly mend: string;
  };
  readonly verdict: (failed: number, warnings: number) => string;
}
