import type { DoctorWords } from './doctor-words.js';

export const DOCTOR_EN: DoctorWords = {
  titles: {
    clock: 'Clock',
    versions: 'Versions',
    rights: 'Rights in the database',
    topics: 'Topics',
    broker: 'Broker settings',
    groups: 'Consumer groups',
    letters: 'Dead letters',
    freshness: 'Freshness',
    settings: 'Settings file',
    disk: 'Disk',
  },
  noDatabase: 'not looked at: the database is not reached',
  noKafka: 'not looked at: Kafka is not reached',
  notMigrated: 'not looked at: the tables are not there yet',
  clock: {
    nobody: 'nobody was reached to compare it with',
    agrees: (names) => `goes with: ${names}`,
    off: (name, seconds, isAhead) =>
      `the clock here is ${seconds} s ${isAhead ? 'ahead of' : 'behind'} that of ${name}`,
    mend: 'let this machine keep its time: `timedatectl set-ntp true`, or chrony; in a container that is the time of its host',
    mendDatabase:
      'the marketplaces agree with this machine: let the machine of MySQL keep its time (`timedatectl set-ntp true`, or chrony)',
    zone: (server) => `our MySQL sessions run in UTC (the server itself: ${server})`,
    sessionZone: (zone) => `our MySQL sessions run in ${zone} and not in UTC: times would be wrong`,
    mendZone:
      'something between here and MySQL swallows SET time_zone: connect without that proxy, or let it pass',
  },
  versions: {
    kafka: (version, brokers) =>
      `Kafka${version === null ? '' : ` ${version}`} (${brokers} ${brokers === 1 ? 'broker' : 'brokers'}${version === null ? ', version not told' : ''})`,
    old: (what, least) => `${what} is older than what the program was tried on (${least})`,
    renew: (name) => `put in a newer ${name}`,
    migrated: 'the tables are as new as the program',
    pending: (count) => `migrations still to run: ${count} (inventory-sync migrate)`,
    newer: (names) => `the tables are newer than this program: it does not know ${names}`,
    renewProgram:
      'bring this machine to the version that has migrated them; until then old and new may run side by side',
  },
  rights: {
    enough: (user) => `${user} may do what is needed: SELECT, INSERT, UPDATE, DELETE`,
    lacks: (user) => `${user} may not do what is needed`,
    grant: (statements) => `as an administrator of MySQL, run: ${statements}`,
    more: (rights) =>
      `remark: this user may do more than is needed (${rights}); a user with SELECT, INSERT, UPDATE, DELETE on this database is safer`,
    everywhere: 'all databases',
  },
  topics: {
    fine: (topics, partitions) =>
      `${topics} topics, ${partitions} partitions, set as \`topics create\` sets them`,
    missing: (topics) => `missing: ${topics}`,
    create: 'run `inventory-sync topics create`',
    partitions: (topic, count, expected) => `${topic} has ${count} partitions, ${expected} were expected`,
    mendPartitions:
      'set another KAFKA_TOPIC_PREFIX, then `inventory-sync topics create` and a full resync: partitions of this topic cannot be changed without reordering keys',
    setting: (topic, name, was, value) => `${topic}: ${name} is ${was || 'not set'}, ${value} was expected`,
    notTaken: (topic, inSync, least) =>
      `${topic} takes no writes: ${inSync} copies are up to date, min.insync.replicas asks for ${least}`,
    mendMinInSync: 'lower min.insync.replicas of the topic, or give it more copies',
    behind: (topic, inSync, replicas) => `${topic}: only ${inSync} of ${replicas} copies are up to date`,
    mendReplicas: 'see which broker is down or behind, and bring it back',
    tooSmall: (topic, bytes, least) =>
      `${topic} takes batches of ${bytes} bytes at most, ${least} are needed`,
    mendTooSmall:
      'raise max.message.bytes of the topic, or message.max.bytes of the broker, to its default of 1048588',
    singleCopy: (brokers) =>
      `there are ${brokers} brokers, and topics with a single copy: losing one broker loses data`,
    mendSingleCopy:
      'set KAFKA_REPLICATION_FACTOR=3 before topics are made; for existing ones use kafka-reassign-partitions',
  },
  broker: {
    setting: (node, name, value, expected) => `broker ${node}: ${name} is ${value}, ${expected} is needed`,
    mend: (name) => `set ${name} in the broker's configuration, and restart it`,
    mendSession: 'set KAFKA_SESSION_TIMEOUT to what the broker allows, or change its setting',
    silent: 'the broker does not tell them',
  },
  groups: {
    group: (name, state, members, waiting) => `${name}: ${state}, ${members} members, ${waiting} waiting`,
    states: {
      Stable: 'stable',
      Empty: 'empty',
      Dead: 'not there yet',
      PreparingRebalance: 'rebalancing',
      CompletingRebalance: 'rebalancing',
    },
    nobody: 'no worker runs: every sync applies by itself what it has read',
    idle: (names) => `nobody works for: ${names}`,
    mendIdle: 'start `inventory-sync worker` without --only, or one more for these',
    odd: (group, partitions) =>
      `${group}: what it has read and what the topic holds do not fit any more (partitions ${partitions})`,
    adopt: 'run `inventory-sync topics adopt` and read what it says',
  },
  letters: {
    none: 'none in 24 hours',
    some: (count) => `${count} in 24 hours: records that could not be read`,
    mend: 'run `inventory-sync dlq list`',
  },
  freshness: {
    never: 'no stock has been read yet',
    fresh: (source, age) => `${source}: last complete read ${age} ago`,
    stale: (source, age, hours) =>
      `${source}: last complete read ${age} ago, MAX_SYNC_AGE_HOURS allows ${hours} h`,
    mendStale: 'run `inventory-sync sync --source=all`, and see that cron or `inventory-sync schedule` runs',
    beats: (command) => `${command} is alive`,
    silent: (command, age) => `${command} has given no sign of life for ${age}`,
    mendSilent: (file) =>
      `see whether it runs, and start it anew; if it was stopped for good, remove ${file}`,
  },
  settings: {
    file: (path) => path,
    noFile: 'no .env was found: all settings come from the environment',
    readable: (path, mode) => `${path} has mode ${mode}: other users of this machine can get at your keys`,
    mend: 'correct that in the settings; .env.example explains every name',
  },
  disk: {
    none: 'no folder of ours can be seen from here',
    free: (free, where) => `${free} free: ${where}`,
    full: (free, where) => `only ${free} free: ${where}`,
    mend: 'make room, or move these folders to a larger disk',
  },
  verdict: (failed, warnings) => {
    if (failed === 0 && warnings === 0) return 'All is well.';
    return `${failed === 0 ? 'Nothing stands in the way' : `To be mended (✗): ${failed}`}${warnings === 0 ? '' : `; worth a look (!): ${warnings}`}.`;
  },
};
