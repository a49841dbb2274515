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
const recordedSteps = (...made: [string, number[]][]) =>
  new Map(
    made.map(([name, steps]): [string, Map<number, RecordedStep>] => [
      name,
      new Map(steps.map((step) => [step, { digest: 'x', state: 'started' }])),
    ]),
  );
const standing = (
  names: string[],
  { recorded = recordedSteps(), executed = [] as string[], folds = false } = {},
) => ({
  recorded,
  executed: new Set(executed),
  inventory: inventoryOf(names, folds),
});

describe('what is foreign', () => {
  it('is what has a name of ours and was made by no step of ours', () => {
    expect(foreignObjects(pending, standing(['a', 'v', 'c']))).toEqual(['a', 'v']);
    const recorded = recordedSteps(['First1', [1]]);
    expect(foreignObjects(pending, standing(['a', 'v', 'c'], { recorded }))).toEqual(['v']);
    expect(foreignObjects(pending, standing(['a', 'v', 'c'], { executed: ['First1'] }))).toEqual([]);
    expect(foreignObjects([], standing(['a', 'v']))).toEqual([]);
  });

  it('is not what an earlier migration made and a later one replaces', () => {
    const later = {
      name: 'Second2',
      steps: [
        'ALTER TABLE a ADD b INT',
        'CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT 2',
        'CREATE TABLE n (id INT)',
      ].map((sql, index) => plannedStep(index + 1, sql)),
    };
    const plan = [...pending, later];
    expect(foreignObjects(plan, standing(['a', 'b', 'v'], { executed: ['First1'] }))).toEqual([]);
    expect(foreignObjects(plan, standing(['a', 'b', 'v', 'n'], { executed: ['First1'] }))).toEqual(['n']);
    expect(foreignObjects(plan, standing(['v'])), 'named once').toEqual(['v']);
    const recorded = recordedSteps(['First1', [1, 2, 3]]);
    expect(foreignObjects(plan, standing(['a', 'b', 'v'], { recorded }))).toEqual([]);
    const begun = recordedSteps(['First1', [1, 2]]);
    expect(foreignObjects(plan, standing(['a', 'b', 'v'], { recorded: begun }))).toEqual(['v']);
  });

  it('minds case only where the server does', () => {
    expect(foreignObjects(pending, standing(['A']))).toEqual([]);
    expect(foreignObjects(pending, standing(['A'], { folds: true }))).toEqual(['a']);
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
