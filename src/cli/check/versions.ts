import type { Broker } from '../../broker/broker.js';
import { readBrokerSettings } from '../../broker/broker-settings.js';
import { programVersion } from '../../ops/version.js';
import type { Database, Row } from '../../store/database.js';
import { readStanding } from '../../store/migration-standing.js';
import { MIGRATIONS } from '../../store/migrations.js';
import type { Locale } from '../words.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

/** The oldest that the program was tried on. */
const OLDEST = { Node: [20, 19], MySQL: [8, 0, 15], MariaDB: [10, 11] } as const;
/** Kafka before 4.0 names the version that its brokers speak among themselves; later ones name none. */
const PROTOCOL = 'inter.broker.protocol.version';

export interface Versions {
  readonly node: string;
  /** As `SELECT VERSION()` answers; null: not reached. */
  readonly database: string | null;
  /** Null: not reached; `version` null: not told. */
  readonly kafka: { readonly brokers: number; readonly version: string | null } | null;
  /** Names of the migrations that have run; null: not reached. */
  readonly executed: ReadonlySet<string> | null;
}

export async function databaseVersions(
  db: Pick<Database, 'query'>,
): Promise<Pick<Versions, 'database' | 'executed'>> {
  const [row] = await db.query<Row>('SELECT VERSION() AS version');
  return { database: String(row?.version), executed: (await readStanding(db)).executed };
}

export async function kafkaVersion(broker: Broker): Promise<NonNullable<Versions['kafka']>> {
  const { brokers } = await broker.ask('describing the cluster', (admin) => admin.describeCluster());
  // Who may not ask for settings learns no version.
  const settings = await readBrokerSettings(broker, [PROTOCOL]).catch(() => []);
  const version = settings.flatMap(({ values }) => values.get(PROTOCOL) ?? [])[0] ?? null;
  return { brokers: brokers.length, version };
}

export function judgeVersions({ node, database, kafka, executed }: Versions, locale: Locale): Finding {
  const words = DOCTOR_WORDS[locale].versions;
  const server = database === null ? null : serverOf(database);
  const named = [{ name: 'Node', version: node }, ...(server === null ? [] : [server])] as const;
  const old = named.filter(({ name, version }) => isOlder(version, OLDEST[name]));
  const problems = old.map(
    ({ name, version }): Problem => ({
      level: 'warning',
      what: words.old(`${name} ${version}`, OLDEST[name].join('.')),
      remedy: words.renew(name),
    }),
  );
  const known: ReadonlySet<string> = new Set(MIGRATIONS.map((Migration) => new Migration().name));
  const newer = [...(executed ?? [])].filter((name) => !known.has(name));
  if (newer.length > 0)
    problems.push({ level: 'warning', what: words.newer(newer.join(', ')), remedy: words.renewProgram });
  const pending = executed === null ? 0 : [...known].filter((name) => !executed.has(name)).length;
  const details = [
    [
      `inventory-sync ${programVersion()}`,
      ...named.map(({ name, version }) => `${name} ${version}`),
      ...(kafka === null ? [] : [words.kafka(kafka.version, kafka.brokers)]),
    ].join(', '),
    ...(executed === null ? [] : [pending === 0 ? words.migrated : words.pending(pending)]),
  ];
  return { details, problems, data: { node, database, kafka, pendingMigrations: pending, newer } };
}

/** `8.4.3`, `11.4.5-MariaDB-log`, and `5.5.5-10.11.6-MariaDB` as old clients are told. */
function serverOf(text: string): { readonly name: 'MySQL' | 'MariaDB'; readonly version: string } {
  const isMaria = /mariadb/iu.test(text);
  const version = /\d+\.\d+\.\d+/u.exec(text.replace(/^5\.5\.5-/u, ''))?.[0] ?? text;
  return { name: isMaria ? 'MariaDB' : 'MySQL', version };
}

function isOlder(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
