import { describe, expect, test } from 'vitest';
import { createAnomalyApp } from '../../../src/consumers/anomaly.js';
import { createMailerApp } from '../../../src/consumers/mailer.js';
import { createProjectorApp } from '../../../src/consumers/projector.js';
import { ConsumerRun } from '../../../src/consumers/run-consumer.js';
import { AppError, type ErrorCode, type Fate, fateOf } from '../../../src/errors.js';
import type { Alert } from '../../../src/events/alert.js';
import { TOPICS } from '../../../src/events/topics.js';
import { normaliserOf } from '../../../src/marketplaces/normalisers.js';
import type { BrokerPort, GroupHandlers } from '../../../src/ports/broker.js';
import type { CheckpointStore } from '../../../src/ports/checkpoint-store.js';
import type { LogRecord, Output } from '../../../src/ports/log-records.js';
import type { ConsumerApp } from '../../../src/ports/partition-processor.js';
import { MemoryProjection } from '../../support/memory-projection.js';
import { RawPartition, WB, wb } from '../../support/raw-log.js';
import { appliedEvent, syncRecords } from '../../topology/sync-records.js';
import { settings } from '../domain/anomaly/settings.js';
import { gone } from '../domain/anomaly/snapshots.js';
import { alertOf, MemoryAlerts, MemoryDeliveries, TX } from './memory-alerts.js';
import { MemoryHistory } from './memory-history.js';

/** What design and runbook promise of each code; a new one is missing here until somebody has thought about it. */
const FATES = {
  CONFIG_INVALID: 'stop',
  USAGE: 'stop',
  KAFKA_UNAVAILABLE: 'retry',
  KAFKA_REFUSED: 'stop',
  TOPIC_UNFIT: 'stop',
  OUTPUT_BLOCKED: 'retry',
  TOPIC_DIVERGED: 'stop',
  OWNERSHIP_LOST: 'retry',
  DB_UNAVAILABLE: 'retry',
  DB_REFUSED: 'stop',
  DB_UNFIT: 'stop',
  DB_CONFLICT: 'retry',
  API_CREDENTIALS: 'stop',
  API_LIMITED: 'retry',
  API_UNAVAILABLE: 'retry',
  API_BAD_ANSWER: 'retry',
  API_RETIRED: 'stop',
  API_REJECTED: 'stop',
  RECORD_INVALID: 'reject',
  MAIL_UNAVAILABLE: 'retry',
  MAIL_REFUSED: 'reject',
  CHANNEL_UNAVAILABLE: 'retry',
  CHANNEL_REFUSED: 'reject',
  ENGINE_FAILED: 'stop',
  LEDGER_BEHIND: 'retry',
  RUN_BUSY: 'stop',
  TIMED_OUT: 'stop',
  INVARIANT: 'stop',
} as const satisfies Record<ErrorCode, Fate>;
const CODES = Object.keys(FATES) as ErrorCode[];

/** Throws what is planned, once for each, and then no more. */
class Mishaps {
  constructor(private readonly planned: Error[]) {}

  meet(): void {
    const next = this.planned.shift();
    if (next !== undefined) throw next;
  }
}

interface Case {
  /** A record that the app takes, with a store or a reader that comes to grief. */
  readonly records: readonly LogRecord[];
  readonly app: (store: Mishaps, reader: Mishaps) => ConsumerApp;
}

const log = { info: () => {}, warn: () => {}, error: () => {} };
const alertRecord = (alert: Alert): LogRecord => ({
  ...{ topic: 'inventory.alerts.v1', partition: 0, offset: 0, timestamp: 1, key: 'k', headers: {} },
  value: Buffer.from(JSON.stringify(alert)),
});

const CASES: Readonly<Record<'projector' | 'anomaly' | 'mailer', () => Case>> = {
  projector: () => {
    const raw = new RawPartition();
    raw.chunk(WB, raw.start(WB), 1, [wb(1, 507, 5)]);
    const records = raw.records.map((record) => ({ ...record, partition: 0 }));
    const store = new MemoryProjection();
    return {
      records,
      app: (mishaps, reader) =>
        createProjectorApp({
          prefix: 'inventory',
          store: Object.assign(store, {
            rowsOfProducts: async () => {
              mishaps.meet();
              return [];
            },
          }),
          normaliserOf: (source, endpoint) => {
            const real = normaliserOf(source, endpoint);
            if (real?.kind !== 'stock') return real;
            return {
              kind: 'stock',
              read: (row, query) => {
                reader.meet();
                return real.read(row, query);
              },
            };
          },
          stateRows: 0,
        }),
    };
  },
  anomaly: () => ({
    records: syncRecords([appliedEvent('s', 100, 98, { ranOut: [gone('1')] })]).map((record) => ({
      ...record,
      partition: 0,
    })),
    app: (mishaps) =>
      createAnomalyApp({
        prefix: 'inventory',
        settings: settings(),
        alerts: Object.assign(new MemoryAlerts(), {
          record: async () => mishaps.meet(),
        }),
        history: new MemoryHistory(),
      }),
  }),
  mailer: () => ({
    records: [alertRecord(alertOf('a'))],
    app: (mishaps) =>
      createMailerApp({
        prefix: 'inventory',
        outlets: [
          {
            recipients: 'boss@shop.example',
            deliveries: Object.assign(new MemoryDeliveries(), { enqueue: async () => mishaps.meet() }),
          },
        ],
        log,
      }),
  }),
};

/** One partition with these records, one member that reads it; resolves when all is applied or nothing goes on. */
async function live(app: ConsumerApp, records: readonly LogRecord[]) {
  let next = 0;
  const outputs: Output[] = [];
  let takeOvers = 0;
  let handlers: GroupHandlers | undefined;
  let over: (how: { fatal?: unknown }) => void = () => undefined;
  const ended = new Promise<{ fatal?: unknown }>((resolve) => {
    over = resolve;
  });
  const deliver = async (from: number) => {
    const batch = records.filter(({ offset }) => offset >= from);
    const endOffset = records.length;
    const done = await handlers?.batch({
      ...{ partition: 0, records: batch, endOffset, more: false },
      heartbeat: async () => undefined,
      commit: async () => undefined,
    });
    if (done === true) over({});
  };
  const checkpoint = () => ({
    ...{ incarnation: 1, life: 1, nextOffset: next, publishedOffset: next, tailHint: {}, priorDigest: null },
  });
  const broker: BrokerPort = {
    member: () => ({
      start: async (given) => {
        handlers = given;
        given.joined([0]);
      },
      pause: () => undefined,
      resumeAt: (_partition, offset) => void deliver(offset),
      stop: async () => undefined,
    }),
    openPublisher: async () => {
      takeOvers += 1;
      return { publish: async () => ({}), close: async () => undefined };
    },
    committed: async () => null,
    range: async () => ({ start: 0, end: records.length }),
    ends: async () => ({}),
    idsSince: async () => new Set(),
  };
  const checkpoints: CheckpointStore = {
    claim: async () => checkpoint(),
    advance: async (_id, _token, step, work) => {
      outputs.push(...(await work(TX)));
      next = step.to;
    },
    notePublished: async () => undefined,
    outbox: async () => [],
  };
  const run = new ConsumerRun(app, {
    ...{ broker, checkpoints, outputTopics: [], heartbeatMs: 60_000, newToken: () => 'me' },
    logger: { ...log, debug: () => {} },
    fatal: (error) => over({ fatal: error }),
  });
  await run.start();
  const { fatal } = await ended;
  await run.stop();
  const letters = outputs.filter(({ topic }) => topic === TOPICS.deadLetters);
  return { fatal, next, letters, takeOvers };
}

const NONE = new Mishaps([]);

describe('three fates of a record, decided by the error', () => {
  test.each(CODES)('%s', (code) => {
    expect(fateOf(new AppError(code, 'x'))).toBe(FATES[code]);
  });

  describe.each(Object.entries(CASES))('%s', (name, make) => {
    test.each(CODES)('what its work throws: %s', async (code) => {
      const { records, app } = make();
      const error = new AppError(code, 'on purpose');
      const lived = await live(app(new Mishaps([error]), NONE), records);
      expect(lived.letters).toEqual([]);
      if (FATES[code] === 'retry') {
        expect(lived).toMatchObject({ fatal: undefined, next: records.length, takeOvers: 2 });
      } else {
        // Rejected is what was read; of whatever else is refused nothing could be put aside.
        expect(lived.fatal).toBe(error);
        expect(lived.next).toBeLessThan(records.length);
      }
    });

    test('what nobody foresaw ends the process', async () => {
      const { records, app } = make();
      const error = new TypeError('x is not a function');
      expect((await live(app(new Mishaps([error]), NONE), records)).fatal).toBe(error);
    });

    test('what cannot be read is put aside, and the next goes on', async () => {
      const { records, app } = make();
      const bad = { ...(records.at(-1) as LogRecord), value: Buffer.from('{') };
      const rest = { ...(records.at(-1) as LogRecord), offset: records.length };
      const lived = await live(app(NONE, NONE), [...records.slice(0, -1), bad, rest]);
      expect(lived).toMatchObject({ fatal: undefined, next: records.length + 1 });
      expect(lived.letters.map(({ offset, headers }) => [offset, headers['dlq-group']])).toEqual([
        [bad.offset, `inventory.${name}`],
      ]);
    });
  });

  test.each(CODES)('what the reader of a row throws: %s', async (code) => {
    const { records, app } = CASES.projector();
    const error = new AppError(code, 'on purpose');
    const lived = await live(app(NONE, new Mishaps([error])), records);
    if (FATES[code] === 'reject') {
      expect(lived).toMatchObject({ fatal: undefined, next: records.length });
      expect(lived.letters.map(({ headers }) => headers['dlq-error-class'])).toEqual([code]);
    } else {
      expect(lived.letters).toEqual([]);
      expect(lived.fatal).toBe(FATES[code] === 'stop' ? error : undefined);
    }
  });
});
