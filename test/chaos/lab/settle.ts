import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../../config/load.js';
import { messageOf } from '../../../src/errors.js';
import { groupOf, TOPICS } from '../../../src/events/topics.js';
import { Installation as Program } from '../../../src/main.js';
import type { Logger } from '../../../src/ports/logger.js';
import { createSnapshotStatusReader } from '../../../src/store/snapshot-status.js';
import { WorkerRuntime } from '../../../src/worker-runtime.js';
import type { Installation } from './installation.js';

const DRAIN_MS = 180_000;

export interface Settled {
  /** Why not everything has gone through; null where it has. */
  readonly trouble: string | null;
  /** Message-IDs of mails whose sender died before it could note the answer: these may come twice. */
  readonly unclearMails: readonly string[];
}

/**
 * With all workers gone: lets one in this process take everything over and carry through what is left, snapshots,
 * alerts and mail, as `sync` does where no worker lives.
 */
export async function settle(installation: Installation): Promise<Settled> {
  const unclearMails = await freeDigests(installation);
  const lines: string[] = [];
  const program = new Program(
    loadConfig({ env: installation.env(), envFile: installation.envFile, cwd: installation.folder }),
    quiet(lines),
  );
  let fatal: unknown;
  const limit = AbortSignal.timeout(DRAIN_MS);
  const runtime = new WorkerRuntime(program, { onFatal: (error) => (fatal = error) });
  try {
    await runtime.start();
    await runtime.drained(limit);
  } catch (error) {
    fatal ??= error;
  } finally {
    await runtime.stop();
    await program.close();
  }
  const why =
    fatal !== undefined ? messageOf(fatal) : limit.aborted ? `not done in ${DRAIN_MS / 1000} s` : null;
  return { trouble: why === null ? null : [why, ...lines.slice(-8)].join('\n'), unclearMails };
}

/** The senders are dead, for certain: nobody has to wait the ten minutes that tell a dead one from a slow one. */
async function freeDigests(installation: Installation): Promise<string[]> {
  const db = await installation.db();
  const rows = await db.query(
    "SELECT digest_id FROM digests WHERE status IN ('sending', 'retry') AND attempts > 0",
  );
  await db.execute(
    "UPDATE digests SET sending_since = sending_since - INTERVAL 1 HOUR WHERE status = 'sending'",
  );
  await db.execute("UPDATE digests SET not_before = NOW(3) WHERE status = 'retry'");
  // As alert mail makes it: of the digest's id and the sender's domain.
  const domain = installation.sink.login.user.split('@')[1] ?? '';
  return rows.map((row) => `<${String(row.digest_id)}@${domain}>`);
}

/** Waits until the workers that live have brought these snapshots to an end and published what follows. */
export async function outcomes(
  installation: Installation,
  snapshotIds: readonly string[],
  timeoutMs = 300_000,
) {
  const reader = createSnapshotStatusReader(await installation.db());
  const broker = installation.broker();
  const until = Date.now() + timeoutMs;
  const topic = installation.topic(TOPICS.rawSnapshots);
  try {
    for (;;) {
      const found = await reader.statusOf(snapshotIds);
      const ended = [...found.values()].filter(({ lastOffset }) => lastOffset !== null);
      if (ended.length === snapshotIds.length) {
        const marks = await Promise.all(
          ended.map(async ({ partition, lastOffset }) => {
            const mark = await broker.committed(groupOf(installation.name, 'projector'), topic, partition);
            return mark !== null && mark.stamp !== null && mark.offset > (lastOffset ?? 0);
          }),
        );
        if (marks.every((published) => published)) return found;
      }
      if (Date.now() > until) throw new Error(`no end of ${snapshotIds.length - ended.length} snapshots`);
      await delay(100);
    }
  } finally {
    await broker.close();
  }
}

function quiet(lines: string[]): Logger {
  const keep = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { debug: () => undefined, info: () => undefined, warn: keep('warn'), error: keep('error') };
}
