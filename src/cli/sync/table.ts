import { labelsRows } from '../manner.js';

/**
 * Columns as wide as they need; with `--plain` a line per row that names its columns.
 *
 * @param words how many of them begin at the left; figures, behind them, end at the right
 */
export function table(rows: readonly (readonly string[])[], words: number): string {
  if (labelsRows()) return labelled(rows);
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < words ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

/** `Source: Ozon; Rows: 2,000`: what is empty is left out. */
export function labelled([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) =>
    row.flatMap((cell, column) => (cell === '' ? [] : [named(head[column] ?? '', cell)])).join('; ');
  return rows.map((row) => `${line(row)}\n`).join('');
}

function named(column: string, cell: string): string {
  return column === '' ? cell : `${column}: ${cell}`;
}
