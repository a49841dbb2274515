import { DataSource, type QueryRunner } from 'typeorm';
import { Kafka } from '../../../src/broker/kafkajs-patched.js';

/** Moments inside a worker at which it can be made to end or freeze itself. */
export const DATABASE_POINTS = ['statement', 'before-commit', 'in-commit', 'after-commit'] as const;
export const KAFKA_POINTS = ['begin', 'sent', 'offsets', 'before-end', 'in-end', 'after-end'] as const;
export type PointName = (typeof DATABASE_POINTS)[number] | (typeof KAFKA_POINTS)[number];
export type AppName = 'projector' | 'anomaly' | 'mailer' | 'sender';

export interface Failpoint {
  readonly app: AppName;
  readonly point: PointName;
  /** The time of passing that point at which it happens, from 1. */
  readonly times: number;
  /** Of `statement`: before which statement of the transaction, from 1; of `in-…`: milliseconds after the request. */
  readonly at: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

/**
 * Wraps the drivers, so that the program itself knows nothing of tests: every statement of a database transaction
 * passes by here, and every step of a Kafka transaction.
 */
export function installFailpoint(failpoint: Failpoint, prefix: string): void {
  let passed = 0;
  let done = false;
  const strike = (): void => {
    if (done) return;
    done = true;
    process.kill(process.pid, failpoint.signal);
  };
  const pass = (app: AppName | null, point: PointName): boolean => {
    if (done || app !== failpoint.app || point !== failpoint.point) return false;
    passed += 1;
    return passed >= failpoint.times;
  };
  wrapDatabase({ failpoint, prefix, pass, strike });
  wrapKafka({ failpoint, prefix, pass, strike });
}

interface Trap {
  readonly failpoint: Failpoint;
  readonly prefix: string;
  pass(app: AppName | null, point: PointName): boolean;
  strike(): void;
}

function wrapDatabase(trap: Trap): void {
  const original = DataSource.prototype.createQueryRunner;
  DataSource.prototype.createQueryRunner = function (this: DataSource, ...args) {
    const runner = original.apply(this, args);
    const query = runner.query.bind(runner) as QueryRunner['query'];
    let app: AppName | null = null;
    let statements = 0;
    let open = false;
    const watched = async (...all: [sql: string, parameters?: unknown[], structured?: boolean]) => {
      const [sql, parameters] = all;
      const run = (): Promise<unknown> => (query as (...same: typeof all) => Promise<unknown>)(...all);
      if (sql === 'START TRANSACTION') open = true;
      if (!open || sql === 'ROLLBACK') return run();
      if (sql === 'COMMIT') return commit(trap, app, run);
      app ??= appOf(sql, parameters, trap.prefix);
      if (app !== null) statements += 1;
      const here = statements === trap.failpoint.at;
      if (here && trap.pass(app, 'statement')) trap.strike();
      return run();
    };
    runner.query = watched as QueryRunner['query'];
    return runner;
  };
}

/** Whose transaction it is shows at the checkpoint that it locks, or at the table of digests. */
function appOf(sql: string, parameters: unknown[] | undefined, prefix: string): AppName | null {
  for (const app of ['projector', 'anomaly', 'mailer'] as const)
    if (parameters?.includes(`${prefix}.${app}`) === true) return app;
  return /\bdigests\b/.test(sql) ? 'sender' : null;
}

async function commit(trap: Trap, app: AppName | null, run: () => Promise<unknown>): Promise<unknown> {
  if (trap.pass(app, 'before-commit')) trap.strike();
  const answer = run();
  if (trap.pass(app, 'in-commit')) setTimeout(trap.strike, trap.failpoint.at);
  await answer;
  if (trap.pass(app, 'after-commit')) trap.strike();
  return answer;
}

function wrapKafka(trap: Trap): void {
  const original = Kafka.prototype.producer;
  Kafka.prototype.producer = function (this: InstanceType<typeof Kafka>, options) {
    const producer = original.call(this, options);
    const app = (['projector', 'anomaly', 'mailer'] as const).find(
      (name) => options?.transactionalId?.startsWith(`${trap.prefix}.${name}.`) === true,
    );
    if (app === undefined) return producer;
    const begin = producer.transaction;
    producer.transaction = async () => {
      const transaction = await begin();
      const { sendBatch, sendOffsets, commit: end } = transaction;
      transaction.sendBatch = async (batch) => {
        if (trap.pass(app, 'begin')) trap.strike();
        const sent = await sendBatch(batch);
        if (trap.pass(app, 'sent')) trap.strike();
        return sent;
      };
      transaction.sendOffsets = async (offsets) => {
        await sendOffsets(offsets);
        if (trap.pass(app, 'offsets')) trap.strike();
      };
      transaction.commit = async () => {
        if (trap.pass(app, 'before-end')) trap.strike();
        const ended = end();
        if (trap.pass(app, 'in-end')) setTimeout(trap.strike, trap.failpoint.at);
        await ended;
        if (trap.pass(app, 'after-end')) trap.strike();
      };
      return transaction;
    };
    return producer;
  };
}
