import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatEnvValue } from '../../config/dotenv.js';
import { enginesDown, enginesStatus, enginesUp, enginesWipe } from '../../engines/engines.js';
import { EXIT } from '../errors.js';
import type { CommandContext } from './context.js';

// No settings are read here: engines are often started before there are any.

/** `inventory-sync engines up`: prints lines for `.env`. */
export async function enginesUpCommand(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const { kafka, mysql, dir } = await enginesUp({
    ...folderOf(options),
    onProgress: (line) => context.say(line),
  });
  // Beside the data, so that it goes when they are wiped.
  const passwordFile = join(dir, 'mysql', 'admin-password');
  writeFileSync(passwordFile, `${mysql.adminPassword}\n`, { mode: 0o600 });
  const settings = {
    KAFKA_BROKERS: kafka.brokers,
    DB_HOST: mysql.host,
    DB_PORT: String(mysql.port),
    DB_ADMIN_USER: mysql.adminUser,
    DB_ADMIN_PASSWORD_FILE: passwordFile,
  };
  for (const [name, value] of Object.entries(settings))
    context.printOpenly(`${name}=${formatEnvValue(value)}\n`);
  return EXIT.ok;
}

/** `inventory-sync engines down [--wipe]` */
export async function enginesDownCommand(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const folder = folderOf(options);
  await enginesDown({ ...folder, onProgress: (line) => context.say(line) });
  if (options.wipe === true) {
    await enginesWipe(folder);
    context.say('Data removed.');
  }
  return EXIT.ok;
}

/** `inventory-sync engines status` */
export async function enginesStatusCommand(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  for (const { name, version, state, pid, address, dir } of await enginesStatus(folderOf(options))) {
    const facts = [address, pid === undefined ? undefined : `pid ${pid}`, dir].filter(
      (fact) => fact !== undefined,
    );
    context.print(`${name} ${version}: ${state} (${facts.join(', ')})\n`);
  }
  return EXIT.ok;
}

function folderOf(options: Record<string, unknown>): { dir?: string } {
  return typeof options.dir === 'string' ? { dir: options.dir } : {};
}
