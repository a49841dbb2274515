import type { ReportView, TableView } from './report-view.js';

/** The report for terminals, and for readers without HTML. */
export function reportText(view: ReportView, footer?: string): string {
  const lines = [view.title, view.period];
  for (const shop of view.shops) {
    lines.push('', `== ${shop.heading} ==`);
    for (const [name, value] of shop.figures) lines.push(`${name}: ${value}`);
    for (const table of shop.tables) lines.push('', ...tableLines(table));
  }
  lines.push('', ...view.notes, ...(footer === undefined ? [] : [footer]), '');
  return lines.join('\n');
}

function tableLines({ heading, rows, after }: TableView): string[] {
  return [heading, ...rows.map((row) => `- ${row.join(' | ')}`), ...(after === '' ? [] : [after])];
}
