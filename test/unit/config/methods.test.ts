import { expect, it } from 'vitest';
import { OZON_METHODS } from '../../../src/marketplaces/ozon/limits.js';
import { WB_METHODS } from '../../../src/marketplaces/wildberries/limits.js';
import { Workshop } from './workshop.js';

// The settings may not import the marketplaces, and so have lists of their own.
it.each([
  ['OZON_PATHS', OZON_METHODS],
  ['WB_PATHS', WB_METHODS],
] as const)('%s knows the methods that are called, and no other', (name, methods) => {
  using workshop = new Workshop();
  const all = methods.map((method) => `${method}=/elsewhere/{warehouseId}`).join(',');
  const { config } = workshop.load({ [name]: all });
  const paths = name === 'OZON_PATHS' ? config.ozon.paths : config.wildberries.paths;
  expect(Object.keys(paths).sort()).toEqual([...methods].sort());
  const { message } = workshop.refusal({ [name]: 'no-such-method=/x' });
  const named = [...message.matchAll(/[a-z]+(?:-[a-z]+)+|\b(?:roles|cards|warehouses|ping)\b/g)].map(
    ([word]) => word,
  );
  for (const method of methods) expect(named).toContain(method);
});
