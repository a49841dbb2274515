import { SETTINGS } from './schema.js';

/** Beginnings that are ours: an unknown name with one of them in the process environment is a slip of the pen. */
const OUR_PREFIXES = [
  ...['OZON_', 'WB_', 'KAFKA_', 'DB_', 'SMTP_', 'ALERT_', 'API_', 'DASHBOARD_', 'ABSENCE_'],
  ...['SCHEDULE_', 'TELEGRAM_', 'WEBHOOK_', 'METRICS_'],
];

/** Names that tests and build machines set for their own ends; no setting begins like this. */
const NOT_OURS = /^(?:TEST|INVENTORY_SYNC)_/u;

/** Set in a process environment by other software although they begin like ours. */
const FOREIGN: ReadonlySet<string> = new Set([
  // Apache Kafka's own start scripts.
  'KAFKA_HOME',
  'KAFKA_OPTS',
  'KAFKA_HEAP_OPTS',
  'KAFKA_LOG4J_OPTS',
  'KAFKA_JMX_OPTS',
  'KAFKA_JVM_PERFORMANCE_OPTS',
  'KAFKA_GC_LOG_OPTS',
  'KAFKA_DEBUG',
  'KAFKA_VERSION',
  // Too common to mean us.
  'API_KEY',
  'API_TOKEN',
  'API_URL',
]);

/** Kubernetes and Docker announce a service called `kafka` or `db` to every container like this. */
const SERVICE_LINK =
  /^[A-Z0-9_]+_(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT_\d+_(?:TCP|UDP)(?:_\w+)?|ENV_\w+)$|^KAFKA_PORT$/u;

/** Every name that may be given, `<secret>_FILE` included. */
const KNOWN: readonly string[] = SETTINGS.flatMap(({ env, sensitive }) =>
  sensitive ? [env, `${env}_FILE`] : [env],
);
const KNOWN_SET: ReadonlySet<string> = new Set(KNOWN);

/** An unknown name in `.env`, which is ours alone: anything but a setting or a name of the tests. */
export function isUnknownInFile(name: string): boolean {
  return !KNOWN_SET.has(name) && !NOT_OURS.test(name);
}

/** An unknown name in the process environment, which we share with the world. */
export function isUnknownInEnvironment(name: string): boolean {
  const looksOurs = OUR_PREFIXES.some((prefix) => name.startsWith(prefix));
  return looksOurs && !KNOWN_SET.has(name) && !FOREIGN.has(name) && !SERVICE_LINK.test(name);
}

/** Least number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replace = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swap = swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min(replace, swap, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? Infinity;
}

/** One name cut short or drawn out (DB_PASS, DB_USERNAME) is nearer than its letters tell. */
function remoteness(name: string, known: string): number {
  const isStem =
    Math.min(name.length, known.length) >= 6 && (known.startsWith(name) || name.startsWith(known));
  return Math.min(distance(name, known), isStem ? 1.5 : Infinity);
}

/** The known name that was probably meant, if one is near enough. */
export function nearestName(name: string): string | undefined {
  const wanted = name.toUpperCase();
  const ranked = KNOWN.map((known) => ({ known, away: remoteness(wanted, known) }));
  const [best] = ranked.sort((a, b) => a.away - b.away);
  if (best === undefined) return undefined;
  const near = Math.max(2, Math.floor(Math.max(wanted.length, best.known.length) * 0.4));
  return best.away <= near ? best.known : undefined;
}
