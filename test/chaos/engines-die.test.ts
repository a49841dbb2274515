import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killKafka, startKafka } from '../../engines/kafka.js';
import { killMysql, startMysql } from '../../engines/mysql.js';
import { testEngines } from '../support/engines.js';
import { expectExactlyOnce } from '../support/exactly-once.js';
import { ozonFeed, ozonItem, Pipeline, wbFeed, wbRow } from '../support/pipeline.js';

/** Not on engines that somebody else is using. */
const borrowed = (process.env.TEST_ENGINES_DIR ?? '') !== '' && process.env.TEST_ENGINES_MAY_DIE !== 'yes';

describe.skipIf(borrowed)(
  'Kafka or MySQL killed under a worker: it goes on by itself, nothing lost, nothing twice',
  () => {
    let pipe: Pipeline;
    const fatal: unknown[] = [];
    beforeAll(async () => {
      pipe = await Pipeline.start('engines_die');
      await pipe.worker({ fatal: (error) => fatal.push(error) });
    });
    afterAll(() => pipe.close());

    const pages = (figure: number) =>
      Array.from({ length: 6 }, (_, page) =>
        Array.from({ length: 50 }, (_, index) => ozonItem(page * 50 + index + 1, ['fbo', figure + index, 0])),
      );
    const report = (figure: number) => [
      Array.from({ length: 200 }, (_, index) => wbRow(index + 1, 507, figure + index)),
    ];

    async function bothApplied(figure: number): Promise<void> {
      const ids = [
        await pipe.publish(ozonFeed(), pages(figure), { batchSize: 10 }),
        await pipe.publish(wbFeed(), report(figure), { batchSize: 20 }),
      ];
      for (const id of ids) expect((await pipe.outcome(id, 90_000)).status).toBe('applied');
    }

    it('Kafka', async () => {
      const { dir } = testEngines();
      await bothApplied(1);
      // Idempotent and retried: the poller may get over it, or its snapshot fails.
      const going = pipe.publish(ozonFeed(), pages(2), { batchSize: 5 }).catch(() => undefined);
      await killKafka(dir);
      await startKafka(dir);
      // Idempotent and retried: the poller may get over it, or its snapshot fails.
      await going.catch(() => undefined);
      await bothApplied(3);
      expect(fatal).toEqual([]);
      await expectExactlyOnce(pipe);
    }, 240_000);

    it('MySQL', async () => {
      const { dir } = testEngines();
      const id = await pipe.publish(ozonFeed(), pages(4), { batchSize: 5 });
      await killMysql(dir);
      await startMysql(dir);
      expect((await pipe.outcome(id, 90_000)).status).toBe('applied');
      await bothApplied(5);
      expect(fatal).toEqual([]);
      await expectExactlyOnce(pipe);
    }, 240_000);
  },
);
