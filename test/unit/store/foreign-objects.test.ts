import { describe, expect, it } from 'vitest';
import {
  foreignObjects,
  inventoryOf,
  renameStatement,
  renamings,
} from '../../../src/store/foreign-objects.js';
import { plannedStep } from '../../../src/store/migration-plan.js';
import type { RecordedStep } from '../../../src/store/migration-steps.js';

const pending = [
  {
    name: 'First1',
    steps: [
      'CREATE TABLE a (id INT)',
      'CREATE TABLE b (id INT)',
      'CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1',
    ].map((sql, index) => plannedStep(index + 1, sql)),
  },
];
const nothing = new Map<string, Map<number, RecordedStep>>();

describe('what is foreign', () => {
  it('is what has a name of ours and was made by no step of ours', () => {
    expect(foreignObjects(pending, nothing, inventoryOf(['a', 'v', 'c']))).toEqual(['a', 'v']);
    const recorded = new Map([['First1', new Map([[1, { digest: 'x', state: 'started' as const }]])]]);
    expect(foreignObjects(pending, recorded, inventoryOf(['a', 'v', 'c']))).toEqual(['v']);
    expect(foreignObjects([], nothing, inventoryOf(['a', 'v']))).toEqual([]);
  });

  it('minds case only where the server does', () => {
    expect(foreignObjects(pending, nothing, inventoryOf(['A']))).toEqual([]);
    expect(foreignObjects(pending, nothing, inventoryOf(['A'], true))).toEqual(['a']);
  });
});

describe('new names', () => {
  it('say what they were, and are numbered where taken', () => {
    const inventory = inventoryOf(['a', 'b', 'b_before_inventory_sync', 'b_before_inventory_sync_2']);
    const list = renamings(['a', 'b'], inventory);
    expect(list).toEqual([
      { from: 'a', to: 'a_before_inventory_sync' },
      { from: 'b', to: 'b_before_inventory_sync_3' },
    ]);
    expect(renameStatement(list)).toBe(
      'RENAME TABLE `a` TO `a_before_inventory_sync`, `b` TO `b_before_inventory_sync_3`',
    );
  });

  it('are never too long for MySQL, nor the same twice', () => {
    const long = ['x'.repeat(63), 'x'.repeat(64)];
    const list = renamings(long, inventoryOf(long));
    expect(new Set(list.map(({ to }) => to)).size).toBe(2);
    for (const { to } of list) expect(to.length).toBeLessThanOrEqual(64);
  });
});
