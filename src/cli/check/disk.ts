import { stat, statfs } from 'node:fs/promises';
import type { Config } from '../../../config/schema.js';
import { isLoopback } from '../../dashboard/web/guard.js';
import { existing, LEAST_FREE } from '../monitor/parts.js';
import type { Locale } from '../words.js';
import { sizeText } from './disk-forecast.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

export interface Folder {
  /** What lies there, for people: `LOG_FILE_PATH`, `MySQL`. */
  readonly what: string;
  readonly path: string;
}

interface Disk {
  readonly folders: readonly Folder[];
  /** Bytes. */
  readonly free: number;
  readonly size: number;
}

/** Folders of the settings, and those of servers on this machine, as the servers name them. */
export function foldersOf(
  { log, schedule, heartbeatPath, db, kafka }: Config,
  servers: { readonly mysql: string | null; readonly kafka: string | null },
): readonly Folder[] {
  const local = (what: string, path: string | null, hosts: readonly string[]) =>
    hosts.every((host) => isLoopback(host)) ? [[what, path] as const] : [];
  const named = [
    ['LOG_FILE_PATH', log.filePath] as const,
    ['SCHEDULE_STATE_PATH', schedule.statePath] as const,
    ['HEARTBEAT_PATH', heartbeatPath] as const,
    ...local('MySQL', servers.mysql, [db.host]),
    ...local(
      'Kafka',
      servers.kafka,
      kafka.brokers.map((address) => address.replace(/:\d+$/u, '')),
    ),
  ];
  return named.flatMap(([what, path]) => (path === null ? [] : [{ what, path }]));
}

/** Free space of what can be seen from here; a server's folder that cannot is left out. */
export async function checkDisk(folders: readonly Folder[], locale: Locale): Promise<Finding> {
  const words = DOCTOR_WORDS[locale].disk;
  const disks = await disksOf(folders);
  if (disks.length === 0) return { unused: words.none };
  const details: string[] = [];
  const problems: Problem[] = [];
  for (const { folders: on, free, size } of disks) {
    const where = on.map(({ what, path }) => `${what} ${path}`).join(', ');
    const isFull = free < LEAST_FREE.bytes || free < size * LEAST_FREE.share;
    if (isFull)
      problems.push({
        level: 'warning',
        what: words.full(sizeText(free, locale), where),
        remedy: words.mend,
      });
    else details.push(words.free(sizeText(free, locale), where));
  }
  const data = disks.map(({ folders: on, free }) => ({ paths: on.map(({ path }) => path), freeBytes: free }));
  return { details, problems, data: { disks: data } };
}

async function disksOf(folders: readonly Folder[]): Promise<readonly Disk[]> {
  const disks = new Map<number, Disk>();
  for (const folder of folders) {
    try {
      const path = await existing(folder.path);
      const { dev } = await stat(path);
      const { bavail, blocks, bsize } = await statfs(path);
      const on = [...(disks.get(dev)?.folders ?? []), folder];
      disks.set(dev, { folders: on, free: bavail * bsize, size: blocks * bsize });
    } catch {
      // Not ours to see.
    }
  }
  return [...disks.values()];
}
