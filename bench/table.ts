export interface Figure {
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
}

/** Medians over the rounds with the least and the greatest, and the ratio to the plain upsert of the same kind. */
export function printTable(figures: readonly Figure[]): void {
  const byName = new Map<string, number[]>();
  for (const { name, rows, seconds } of figures)
    byName.set(name, [...(byName.get(name) ?? []), rows / seconds]);
  const median = (name: string) => middle(byName.get(name) ?? []);
  const fresh = median('A plain upsert, first seen');
  const moving = median('A plain upsert, time moves');
  console.log(
    `${'case'.padEnd(28)}${'rows/s'.padStart(10)}${'min'.padStart(10)}${'max'.padStart(10)}${'× A'.padStart(8)}`,
  );
  for (const [name, rates] of byName) {
    const base = name.endsWith('first seen') ? fresh : moving;
    const cells = [middle(rates), Math.min(...rates), Math.max(...rates)].map((rate) =>
      String(Math.round(rate)),
    );
    console.log(
      `${name.padEnd(28)}${cells.map((cell) => cell.padStart(10)).join('')}${(middle(rates) / base).toFixed(2).padStart(8)}`,
    );
  }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
