import { describe, expect, test } from 'vitest';
import { openChartPainter } from '../../../src/mailer/chart-painter.js';
import type { Logger } from '../../../src/ports/logger.js';

const warnings: string[] = [];
const log: Logger = {
  debug: () => {},
  info: () => {},
  warn: (_fields, text) => void warnings.push(text),
  error: () => {},
};
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="#fff"/></svg>';
const MAGIC = [0x89, 0x50, 0x4e, 0x47];

describe('charts', () => {
  test('are PNG', async () => {
    const painter = await openChartPainter(log);
    expect([...(painter?.paint(SVG)?.subarray(0, 4) ?? [])]).toEqual(MAGIC);
  });

  test('are painted without a font too, and it is known that there is none', async () => {
    const painter = await openChartPainter(log, [['/no/such/font.ttf', 'None']]);
    expect(painter?.hasText).toBe(false);
    expect([...(painter?.paint(SVG)?.subarray(0, 4) ?? [])]).toEqual(MAGIC);
  });

  test('that fail are none, and that is said', async () => {
    const painter = await openChartPainter(log);
    expect(painter?.paint('<svg')).toBeNull();
    expect(warnings).toEqual(['A mail goes without its chart']);
  });
});
