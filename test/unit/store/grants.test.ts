import { expect, it } from 'vitest';
import { grantStatement } from '../../../src/store/grants.js';
import { lockName } from '../../../src/store/named-lock.js';

it('grants on just this database: an underscore there would stand for any character', () => {
  expect(grantStatement('replenishment_db', 'inventory_sync_user')).toBe(
    "GRANT SELECT, INSERT, UPDATE, DELETE ON `replenishment\\_db`.* TO 'inventory_sync_user'@'%'",
  );
});

it('lets no name break out of its quotes', () => {
  expect(grantStatement('a`b%', "o'brien\\", 'localhost')).toBe(
    "GRANT SELECT, INSERT, UPDATE, DELETE ON `a``b\\%`.* TO 'o\\'brien\\\\'@'localhost'",
  );
});

it('names locks by database, within the 64 characters that MySQL takes', () => {
  expect(lockName('migrate', 'x'.repeat(64)).length).toBeLessThanOrEqual(64);
  expect(lockName('migrate', 'a')).not.toBe(lockName('migrate', 'b'));
});
