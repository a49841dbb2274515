import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Tables } from './database.js';
import type { Differences } from './settings.js';

/** Looks for planted secrets in whatever passes by, in the spellings that a leak may have. */
export class Secrets {
  private readonly spellings: readonly {
    readonly bytes: Buffer;
    readonly text: string;
    readonly name: string;
  }[];

  constructor(
    secrets: readonly string[],
    private readonly differences: Differences,
  ) {
    this.spellings = secrets.flatMap((secret, index) => {
      const ways = [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)];
      // Whoever reads the report need not learn it either.
      const name = `secret ${index + 1}`;
      return [...new Set(ways)].map((text) => ({ bytes: Buffer.from(text), text, name }));
    });
  }

  look(where: string, bytes: Buffer | string | null | undefined): void {
    if (bytes === null || bytes === undefined) return;
    for (const { bytes: wanted, text, name } of this.spellings) {
      const found = typeof bytes === 'string' ? bytes.includes(text) : bytes.includes(wanted);
      if (found) this.differences.add('secret-leaked', where, 'nowhere', name);
    }
  }

  async lookInFile(file: string): Promise<void> {
    if (this.spellings.length === 0) return;
    let number = 0;
    for await (const line of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      number += 1;
      this.look(`${file}:${number}`, line);
    }
  }

  /** All columns of text in all tables; what the migrations wrote included. */
  async lookInTables(tables: Tables): Promise<void> {
    if (this.spellings.length === 0) return;
    const columns = await tables.rows(
      `SELECT c.table_name, c.column_name FROM information_schema.columns c
         JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
        WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
          AND (c.data_type LIKE '%char%' OR c.data_type LIKE '%text%' OR c.data_type LIKE '%blob%')`,
    );
    const byTable = new Map<string, string[]>();
    for (const [table, column] of columns) {
      byTable.set(String(table), [...(byTable.get(String(table)) ?? []), String(column)]);
    }
    for (const [table, names] of byTable) {
      const all = names.map((name) => `CONVERT(\`${name}\` USING utf8mb4)`).join(", '\\n', ");
      for (const { text, name } of this.spellings) {
        const [row] = await tables.rows(
          `SELECT COUNT(*) FROM \`${table}\` WHERE INSTR(CAST(CONCAT_WS('', ${all}) AS BINARY), CAST(? AS BINARY)) > 0`,
          [text],
        );
        const count = Number(row?.[0] ?? 0);
        if (count > 0)
          this.differences.add('secret-leaked', `table ${table}`, 'nowhere', `${name}: ${count} rows`);
      }
    }
  }
}
