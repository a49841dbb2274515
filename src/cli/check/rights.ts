import type { Config } from '../../../config/schema.js';
import { Secret } from '../../domain/secret.js';
import type { Database } from '../../store/database.js';
import { grantAdvice } from '../../store/grants.js';
import { migrationPlan, ownedObjects } from '../../store/migration-plan.js';
import { MIGRATIONS_TABLE } from '../../store/migrations.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

const NEEDED: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE']);
/** So many names are enough to make the point. */
const SHOWN = 4;

export interface Surplus {
  /** Rights that the program never uses, without repetition. */
  readonly rights: readonly string[];
  /** What it needs, on databases that are none of its business. */
  readonly isEverywhere: boolean;
}

/**
 * What the run-time user may beyond its needs, as `SHOW GRANTS` of MySQL or MariaDB has it. What comes by a role is not
 * seen. Of a line only the rights are kept: MariaDB's holds a hash of the password too.
 */
export function surplusOf(grants: readonly string[]): Surplus {
  const rights = new Set<string>();
  let isEverywhere = false;
  for (const grant of grants) {
    const [, list, scope] = /^GRANT (.+?) ON (.+?) TO /iu.exec(grant) ?? [];
    if (list === undefined || scope === undefined) continue;
    // Columns in brackets hold commas too.
    const named = list.replace(/\([^)]*\)/gu, '').split(',');
    const granted = named.map((name) => name.trim().toUpperCase());
    for (const right of granted) if (!NEEDED.has(right)) rights.add(right);
    if (/ WITH GRANT OPTION/iu.test(grant)) rights.add('GRANT OPTION');
    isEverywhere ||= scope === '*.*' && granted.some((right) => right !== 'USAGE' && NEEDED.has(right));
  }
  return { rights: [...rights], isEverywhere };
}

/** @param isMigrated only then the rights can be tried on the tables */
export async function checkRights(
  db: Database,
  { db: settings, locale }: Pick<Config, 'db' | 'locale'>,
  isMigrated: boolean,
): Promise<Finding> {
  const words = DOCTOR_WORDS[locale].rights;
  const { host, port, user, name, sslCa } = settings;
  const problems: Problem[] = [];
  if (isMigrated) {
    const login = {
      ...{ host, port, user, sslCa: sslCa ?? undefined },
      password: settings.password ?? new Secret(''),
    };
    const tables = ownedObjects(await migrationPlan()).map((one) => one.name);
    const advice = await grantAdvice(login, name, [...tables, MIGRATIONS_TABLE]);
    if (advice.length > 0)
      problems.push({
        ...{ level: 'error', what: words.lacks(user) },
        remedy: words.grant(advice.map((statement) => `${statement};`).join(' ')),
      });
  }
  const grants = (await db.query('SHOW GRANTS')).map((row) => String(Object.values(row)[0]));
  const surplus = surplusOf(grants);
  const extra = [
    ...surplus.rights.slice(0, SHOWN),
    ...(surplus.rights.length > SHOWN ? ['…'] : []),
    ...(surplus.isEverywhere ? [words.everywhere] : []),
  ];
  const details = [
    ...(isMigrated && problems.length === 0 ? [words.enough(user)] : []),
    ...(extra.length === 0 ? [] : [words.more(extra.join(', '))]),
  ];
  return { details, problems, data: { surplus: surplus.rights, everywhere: surplus.isEverywhere } };
}
