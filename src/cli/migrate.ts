import type { Config } from '../../config/schema.js';
import { Secret } from '../domain/secret.js';
import { EXIT } from '../errors.js';
import { type MigrationReport, migrate } from '../store/migrate.js';
import type { CommandContext } from './context.js';

/** `inventory-sync migrate`: as DB_ADMIN_USER where one is set, else as the run-time user. */
export async function migrateCommand(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const { config } = await context.settings();
  const report = await migrate({
    admin: adminOf(config),
    database: config.db.name,
    adopt: options.adopt === true,
    printSql: options.printSql === true,
    runtime: { user: config.db.user, password: config.db.password ?? new Secret('') },
    onProgress: (line) => context.say(line),
  });
  if (report.sql !== undefined) context.print(`${report.sql.trimEnd()}\n`);
  else tell(report, context);
  return EXIT.ok;
}

function adminOf({ db }: Config) {
  const asAdmin = db.adminUser !== null;
  return {
    host: db.host,
    port: db.port,
    sslCa: db.sslCa ?? undefined,
    user: db.adminUser ?? db.user,
    password: (asAdmin ? db.adminPassword : db.password) ?? new Secret(''),
  };
}

function tell({ database, ran, adopted, advice }: MigrationReport, context: CommandContext): void {
  for (const { from, to } of adopted) context.print(`renamed ${from} to ${to}\n`);
  context.print(ran.length === 0 ? `${database}: nothing to do\n` : `${database}: ran ${ran.join(', ')}\n`);
  if (advice.length === 0) return;
  context.note('mend');
  context.say('The run-time user cannot work yet. As an administrator of MySQL, run:');
  for (const statement of advice) context.say(`  ${statement};`);
}
