import { Secret } from '../../../../src/domain/secret.js';
import { migrate } from '../../../../src/store/migrate.js';

/** A migration in a process of its own, to be killed. Prints a line before each statement. */
const { host, port, user, password, database } = JSON.parse(process.argv[2] ?? '{}') as {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
};

await migrate({
  admin: { host, port, user, password: new Secret(password) },
  database,
  onProgress: (line) => process.stdout.write(`${line}\n`),
});
