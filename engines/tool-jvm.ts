import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './commands.js';
import { requireJava } from './java.js';
import { enginesHome, kafkaJars } from './paths.js';

/** How Kafka's own command line tools are started. */
export interface ToolJvm {
  readonly java: string;
  /** Everything up to the name of the class. */
  readonly flags: readonly string[];
}

const FLAGS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const CONSOLE_CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer';

/**
 * Half of what a tool costs is loading classes, so those that a consumer needs are kept, prepared, in a file beside
 * the jars. Java checks by itself whether the file still fits, and does without where it does not.
 */
export async function toolJvm(heapMegabytes: number): Promise<ToolJvm> {
  const java = await requireJava();
  const archive = join(enginesHome(), 'kafka', 'tools.jsa');
  archived ??= existsSync(archive) ? Promise.resolve() : prepare(java, archive);
  await archived;
  const shared = existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, '-Xlog:disable'] : [];
  return { java, flags: [`-Xmx${heapMegabytes}m`, ...FLAGS, ...shared, '-cp', join(kafkaJars(), '*')] };
}

/** Once per process, whatever comes of it. */
let archived: Promise<void> | undefined;

/** A consumer that finds nobody at its broker's address has loaded what matters by the time it gives up. */
async function prepare(java: string, archive: string): Promise<void> {
  const mine = `${archive}.${process.pid}`;
  await runCommand(java, [
    ...[...FLAGS, '-Xmx256m', `-XX:ArchiveClassesAtExit=${mine}`, '-Xlog:disable'],
    ...['-cp', join(kafkaJars(), '*'), CONSOLE_CONSUMER, '--bootstrap-server', '127.0.0.1:1'],
    ...['--topic', 'none', '--timeout-ms', '1000'],
  ]);
  if (existsSync(mine)) renameSync(mine, archive);
  rmSync(mine, { force: true });
}
