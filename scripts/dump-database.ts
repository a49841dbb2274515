import { type Connection, createConnection, type FieldPacket, type RowDataPacket } from 'mysql2/promise';

export interface DumpLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * A whole database as plain SQL: its tables, their rows in the order of their keys, its views. Ids are written as
 * whole numbers of any length, times in UTC. Views lose their definer, so that whoever reads the file in owns them.
 */
export async function dumpDatabase(login: DumpLogin): Promise<string> {
  const connection = await createConnection({
    ...login,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  try {
    await connection.query("SET time_zone = '+00:00'");
    const [found] = await connection.query<RowDataPacket[][]>({ sql: 'SHOW FULL TABLES', rowsAsArray: true });
    const objects = found.map(([name, kind]) => ({ name: String(name), isView: String(kind) === 'VIEW' }));
    const lines = ["SET time_zone = '+00:00';", 'SET NAMES utf8mb4;'];
    for (const { name } of objects.filter(({ isView }) => !isView))
      lines.push('', ...(await table(connection, name)));
    for (const { name } of objects.filter(({ isView }) => isView))
      lines.push('', await view(connection, name));
    return `${lines.join('\n')}\n`;
  } finally {
    await connection.end();
  }
}

async function table(connection: Connection, name: string): Promise<string[]> {
  const definition = await created(connection, `SHOW CREATE TABLE \`${name}\``, 'Create Table');
  const [keys] = await connection.query<RowDataPacket[]>(
    `SHOW KEYS FROM \`${name}\` WHERE Key_name = 'PRIMARY'`,
  );
  const order = keys.map((key) => `\`${String(key.Column_name)}\``).join(', ');
  const [rows, fields]: [RowDataPacket[][], FieldPacket[]] = await connection.query({
    sql: `SELECT * FROM \`${name}\` ORDER BY ${order}`,
    rowsAsArray: true,
  });
  const columns = fields.map((field) => `\`${field.name}\``).join(', ');
  return [
    `${definition.replace(/ AUTO_INCREMENT=\d+/, '')};`,
    ...rows.map((row) => {
      const values = row.map((value: unknown) => connection.escape(value)).join(', ');
      return `INSERT INTO \`${name}\` (${columns}) VALUES (${values});`;
    }),
  ];
}

async function view(connection: Connection, name: string): Promise<string> {
  const definition = await created(connection, `SHOW CREATE VIEW \`${name}\``, 'Create View');
  return `${definition.replace(/ DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`/, '')};`;
}

async function created(connection: Connection, sql: string, column: string): Promise<string> {
  const [[row]] = await connection.query<RowDataPacket[]>(sql);
  return String(row?.[column]);
}
