import { Secret } from '../../../src/domain/secret.js';
import { Database } from '../../../src/store/database.js';
import { ENTITIES } from '../../../src/store/entities/all.js';
import { migrate } from '../../../src/store/migrate.js';
import { type FreshDatabase, freshDatabase } from '../../support/engines.js';

export interface StoreDatabase {
  readonly fresh: FreshDatabase;
  /** As the run-time user. */
  readonly db: Database;
  /** One more process, as far as the server can tell. */
  openAnother(): Promise<Database>;
  close(): Promise<void>;
}

/** A migrated database of its own, opened as the least-privileged user. */
export async function storeDatabase(prefix: string): Promise<StoreDatabase> {
  const fresh = await freshDatabase(prefix);
  const opened: Database[] = [];
  const openAnother = async () => {
    const db = await Database.open({
      host: fresh.host,
      port: fresh.port,
      name: fresh.database,
      user: fresh.user,
      password: new Secret(fresh.password),
      poolSize: 10,
      idleSeconds: 60,
      entities: ENTITIES,
    });
    opened.push(db);
    return db;
  };
  await migrate({ admin: adminOf(fresh), database: fresh.database });
  return {
    fresh,
    db: await openAnother(),
    openAnother,
    async close() {
      await Promise.all(opened.map((db) => db.close()));
      await fresh.drop();
    },
  };
}

export function adminOf({ host, port, adminUser, adminPassword }: FreshDatabase) {
  return { host, port, user: adminUser, password: new Secret(adminPassword) };
}
