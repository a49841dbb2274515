import { LETTERS } from '../../dashboard/pages/pipeline-desks.js';
import type { PipelineDesks } from '../../dashboard/pipeline/contract.js';
import type { Installation } from '../../main.js';
import { createDeadLetterFates } from '../../store/dead-letter-fates.js';
import { withFates } from '../dlq/letters.js';
import { ChildJob } from './child-job.js';
import { createLagDesk } from './lag-desk.js';
import { LetterWatch } from './letter-watch.js';

export interface OpenedDesks extends PipelineDesks {
  close(): Promise<void>;
}

/** A list is made for all of the pages that are open. */
const LIST_MS = 10_000;

/** What the pipeline's page steers: the same commands that stand on the command line. */
export function openDesks(installation: Installation, envFile: string | null): OpenedDesks {
  const { prefix } = installation;
  const redriving = new ChildJob(envFile);
  const replaying = new ChildJob(envFile);
  const watch = new LetterWatch(prefix, LETTERS);
  const letters = remembered(async () => {
    const fates = createDeadLetterFates(await installation.database());
    return withFates(await watch.newest(await installation.broker()), fates);
  });
  return {
    lag: createLagDesk(() => installation.broker(), prefix),
    letters: {
      async list(limit) {
        return (await letters())
          .slice(-limit)
          .reverse()
          .map(({ id, diedAt, topic, partition, offset, letter, fate }) => ({
            ...{ id, diedAt, topic, partition, offset },
            stage: letter.stage,
            why: letter.message,
            fate: fate?.fate ?? null,
          }));
      },
      redrive: async (which, begun) =>
        redriving.begin(['dlq', 'redrive', ...(which === 'all' ? ['--all'] : which)], begun),
      progress: () => redriving.progress(),
    },
    replay: {
      begin: async ({ hours, isDryRun }, begun) =>
        replaying.begin(
          ['replay', '--by-duration', `PT${hours}H`, ...(isDryRun ? [] : ['--execute'])],
          begun,
        ),
      progress: () => replaying.progress(),
    },
    async close() {
      await Promise.all([redriving.stop(), replaying.stop()]);
    },
  };
}

function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (last === undefined || now - last.at > LIST_MS) {
      const answer = ask();
      last = { at: now, answer };
      // What failed is asked again at once.
      answer.catch(() => (last = undefined));
    }
    return last.answer;
  };
}
