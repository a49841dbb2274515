import { describe, expect, it } from 'vitest';
import { shopOf } from '../../../../src/cli/sync/shop.js';
import { configuredSources } from '../../../../src/configured-shops.js';
import { mintWbToken } from '../../../../src/simulator/wildberries/token.js';

const SID = '7d1f7c52-6a0c-4b2e-9d59-6f0c6e3d2a11';
const DAY = 86_400_000;
const now = Date.now();

interface Set {
  readonly clientId?: string;
  readonly ozonKey?: string;
  readonly wbKey?: string;
  readonly supplierId?: string;
}
const secret = (value: string | undefined) => (value === undefined ? null : { reveal: () => value });
const config = ({ clientId, ozonKey, wbKey, supplierId }: Set) =>
  ({
    ozon: { clientId: clientId ?? null, apiKey: secret(ozonKey) },
    wildberries: { apiKey: secret(wbKey), supplierId: supplierId ?? null },
  }) as never;
const loaded = (set: Set) => ({ config: config(set), envFile: '.env', lookedAt: [] }) as never;

describe('a marketplace', () => {
  it.each<[string, Set, readonly string[]]>([
    ['nothing', {}, []],
    ['a number without its key', { clientId: '1' }, ['ozon']],
    ['a key without its number', { ozonKey: 'k' }, ['ozon']],
    ['a token', { wbKey: 't' }, ['wildberries']],
    ['a supplier without a token', { supplierId: SID }, ['wildberries']],
    ['both', { clientId: '1', ozonKey: 'k', wbKey: 't' }, ['ozon', 'wildberries']],
  ])('is sold on where any of its settings is there: %s', (_name, set, sources) => {
    expect(configuredSources(config(set))).toEqual(sources);
  });
});

describe('whose stock it is', () => {
  const lastAccount = async () => 'the last one';
  const shop = async (set: Set, source: 'ozon' | 'wildberries' = 'wildberries') => {
    const { account, trouble } = await shopOf(loaded(set), source, lastAccount);
    return [account, (trouble as { code?: string } | undefined)?.code];
  };
  const token = (categories: readonly ('content' | 'analytics')[], more: object = {}) =>
    mintWbToken({ sid: SID, issuedAt: now - 200 * DAY, expiresAt: now + DAY, categories, ...more });

  it('say the settings, where they are good', async () => {
    expect(await shop({ clientId: '1', ozonKey: 'k' }, 'ozon')).toEqual(['1', undefined]);
    expect(await shop({ wbKey: token(['analytics']) })).toEqual([SID, undefined]);
    // That it has ended is told as its end.
    expect(await shop({ wbKey: token(['analytics'], { expiresAt: now - DAY }) })).toEqual([SID, undefined]);
  });

  it('says a token that is good for nothing else', async () => {
    expect(await shop({ wbKey: token(['content']) })).toEqual([SID, 'API_CREDENTIALS']);
    const test = token(['analytics'], { kind: 'test' });
    expect(await shop({ wbKey: test })).toEqual([SID, 'API_CREDENTIALS']);
  });

  it('say the tables, where nothing else does', async () => {
    expect(await shop({ wbKey: 'half a token' })).toEqual(['the last one', 'API_CREDENTIALS']);
    expect(await shop({ supplierId: SID })).toEqual(['the last one', 'CONFIG_INVALID']);
    expect(await shop({ ozonKey: 'k' }, 'ozon')).toEqual(['the last one', 'CONFIG_INVALID']);
    expect(await shop({ clientId: '1' }, 'ozon')).toEqual(['1', 'CONFIG_INVALID']);
  });
});
