import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.js';
import type { AppError, ErrorCode } from '../../src/errors.js';
import { ozonStockReader } from '../../src/marketplaces/ozon/stock-reader.js';
import type { FeedReader } from '../../src/ports/marketplace.js';
import type { FaultSpec } from '../../src/simulator/faults/fault.js';
import type { ModesPatch } from '../../src/simulator/modes.js';
import { Bench, byKey, readBack, TOTALS } from './support.js';

let bench: Bench;
afterEach(() => bench.close());

const SOURCES = ['ozon', 'wildberries'] as const;
type Source = (typeof SOURCES)[number];

/** The error of a snapshot that must fail, after checking that the log says the same. */
async function failureOf(reader: FeedReader): Promise<AppError> {
  const error = await bench.snapshot(reader).then(
    () => new Error('the snapshot did not fail'),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'AppError' });
  const { code, message } = error as AppError;
  expect(bench.log.events.at(-1)).toMatchObject({ type: 'snapshot-failed', code, message });
  return error as AppError;
}

/** Faults that hit every call, and what they end in. `retried`: how often the method is asked in all. */
const LASTING: readonly [string, FaultSpec, ErrorCode, number][] = [
  ['500', { kind: '500' }, 'API_UNAVAILABLE', 3],
  [
    '502 in HTML',
    { kind: 'status', status: 502, body: '<html><title>502 Bad Gateway</title></html>' },
    'API_UNAVAILABLE',
    3,
  ],
  ['HTML with 200', { kind: 'html-200' }, 'API_BAD_ANSWER', 3],
  ['nothing with 200', { kind: 'empty-200' }, 'API_BAD_ANSWER', 3],
  ['cut JSON', { kind: 'cut-json' }, 'API_BAD_ANSWER', 3],
  ['another wrapper', { kind: 'wrong-shape', shape: 'wrapper' }, 'API_BAD_ANSWER', 3],
  ['an object in the list’s place', { kind: 'wrong-shape', shape: 'not-a-list' }, 'API_BAD_ANSWER', 3],
  ['a broken connection', { kind: 'reset' }, 'API_UNAVAILABLE', 3],
  [
    'a redirect',
    { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    'API_BAD_ANSWER',
    3,
  ],
  ['400', { kind: 'status', status: 400, body: { code: 3, message: 'no' } }, 'API_REJECTED', 1],
  ['429 for hours', { kind: '429', retrySeconds: 18_236 }, 'API_LIMITED', 1],
  ['429 without headers', { kind: '429', withHeaders: false }, 'API_LIMITED', 3],
];

describe.each(SOURCES)('a lasting fault of %s', (source) => {
  it.each(LASTING)('%s', async (_name, fault, code, asked) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ ...fault, match: source, rate: 1 });
    const error = await failureOf(bench.reader(source));
    expect(error.code).toBe(code);
    expect(error.advice?.ru.remedy).toMatch(/[а-я]{3}/);
    expect(bench.log.events.map(({ type }) => type)).toEqual(['snapshot-started', 'snapshot-failed']);
    expect(bench.simulator.requests()).toHaveLength(asked);
  });

  it.each<[string, FaultSpec]>([
    ['no answer', { kind: 'hang' }],
    ['a late answer', { kind: 'slow', ms: 60_000 }],
    ['a trickle', { kind: 'trickle', ms: 30 }],
  ])('%s ends at the deadline', async (_name, fault) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ ...fault, match: source, rate: 1 });
    const error = await failureOf(bench.reader(source, { timeoutMs: 150 }));
    expect(error).toMatchObject({
      code: 'API_UNAVAILABLE',
      message: expect.stringContaining('no whole answer within'),
    });
  });
});

describe.each(SOURCES)('a passing fault of %s', (source) => {
  it.each<[string, FaultSpec]>([
    ['500', { kind: '500' }],
    ['a broken connection', { kind: 'reset' }],
    ['cut JSON', { kind: 'cut-json' }],
    ['429', { kind: '429', retrySeconds: 40 }],
  ])('%s is got over, and the snapshot is whole', async (_name, fault) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ ...fault, match: source });
    await bench.snapshot(bench.reader(source));
    expect(readBack(bench.log)).toMatchObject({
      gaps: [],
      levels: byKey(bench.simulator.world.truth(source)),
    });
    expect(bench.timing.sleeps.length).toBeGreaterThan(0);
  });
});

describe('a fault in the middle of the walk', () => {
  it('refuses its page whole and leaves those before it in the log', async () => {
    bench = await Bench.start({ ozonProducts: 2500 });
    bench.simulator.faults.inject({ kind: 'cut-json', match: 'ozon', after: 1, rate: 1 });
    await failureOf(bench.reader('ozon'));
    expect(bench.log.events.map(({ type }) => type)).toEqual([
      'snapshot-started',
      'page-chunk',
      'snapshot-failed',
    ]);
    expect(bench.log.events[1]).toMatchObject({ page: 1 });
  });

  it('by a cursor that loops is noticed', async () => {
    bench = await Bench.start({ ozonProducts: 2500 });
    bench.simulator.faults.inject({ kind: 'looping-cursor', match: 'ozon', rate: 1 });
    expect(await failureOf(bench.reader('ozon'))).toMatchObject({
      code: 'API_BAD_ANSWER',
      message: expect.stringContaining('cursor'),
    });
    expect(bench.simulator.requests().length).toBeLessThan(5);
  });
});

describe('rows that lie', () => {
  it.each(
    SOURCES.flatMap((source) =>
      (['types', 'missing-field', 'negative'] as const).map((shape) => [source, shape] as const),
    ),
  )('of %s (%s) are kept as they came, and the snapshot cannot count as complete', async (source, shape) => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ kind: 'wrong-shape', shape, match: source });
    await bench.snapshot(bench.reader(source));
    expect(readBack(bench.log).gaps).toContainEqual(expect.stringContaining('1 row(s) could not be read'));
  });

  it('by being fewer than the total of products says', async () => {
    bench = await Bench.start();
    bench.simulator.faults.inject({ kind: 'missing-rows', match: 'ozon', count: 2 });
    await bench.snapshot(bench.reader('ozon'));
    expect(readBack(bench.log).gaps).toEqual([
      expect.stringContaining('58 distinct products received, the marketplace named 60'),
    ]);
  });

  it.each(SOURCES)('by coming twice change nothing (%s)', async (source) => {
    bench = await Bench.start({ ozonProducts: 1500 });
    bench.simulator.faults.inject({ kind: 'duplicate-rows', match: source, rate: 1 });
    await bench.snapshot(bench.reader(source));
    expect(readBack(bench.log)).toMatchObject({
      gaps: [],
      levels: byKey(bench.simulator.world.truth(source)),
    });
  });
});

describe('a refusal', () => {
  const REFUSALS: readonly [Source, string, ModesPatch, ErrorCode, RegExp][] = [
    ['ozon', 'a role is missing', { ozon: { access: 'role-missing' } }, 'API_CREDENTIALS', /role/],
    ['ozon', 'the key is off', { ozon: { access: 'deactivated' } }, 'API_CREDENTIALS', /switched off/],
    ['ozon', 'the address is not allowed', { ozon: { access: 'ip-bound' } }, 'API_CREDENTIALS', /IP address/],
    [
      'ozon',
      'the offer is not signed',
      { ozon: { access: 'offer-not-signed' } },
      'API_CREDENTIALS',
      /current offer/,
    ],
    [
      'wildberries',
      'it wants money',
      { wildberries: { access: 'payment-required' } },
      'API_CREDENTIALS',
      /paid/,
    ],
    [
      'wildberries',
      'the token is unfit',
      { wildberries: { access: 'unfit-token' } },
      'API_CREDENTIALS',
      /type/,
    ],
    [
      'wildberries',
      'the token is a base token',
      { wildberries: { access: 'base-token' } },
      'API_CREDENTIALS',
      /base token/,
    ],
  ];
  it.each(REFUSALS)('of %s because %s is not repeated', async (source, _why, modes, code, words) => {
    bench = await Bench.start({ modes });
    const error = await failureOf(bench.reader(source));
    expect(error.code).toBe(code);
    expect(`${error.advice?.en.what} ${error.advice?.en.remedy}`).toMatch(words);
    expect(error.advice?.ru.remedy).toMatch(/[а-я]{3}/);
    expect(bench.simulator.requests()).toHaveLength(1);
  });

  it('of a wrong key is not repeated either', async () => {
    bench = await Bench.start();
    const reader = ozonStockReader(
      bench.ozon({ apiKey: new Secret('00000000-0000-0000-0000-000000000000') }),
      TOTALS,
    );
    expect(await failureOf(reader)).toMatchObject({
      code: 'API_CREDENTIALS',
      facts: { status: 404, code: '5' },
    });
    expect(bench.simulator.requests()).toHaveLength(1);
  });

  it('by Ozon’s open circle says when to come back', async () => {
    bench = await Bench.start({ modes: { ozon: { access: 'circle-open' } } });
    const error = await failureOf(bench.reader('ozon'));
    expect(error).toMatchObject({ code: 'API_LIMITED', notBefore: bench.timing.now() + 300_000 });
  });
});
