import { join } from 'node:path';
import { runCommand } from '../../../engines/commands.js';
import { requireJava } from '../../../engines/java.js';
import { kafkaJars } from '../../../engines/paths.js';

/** Where each partition of a topic begins (`earliest`) or ends (`latest`), by Kafka's own tool. */
export async function logEnds(
  brokers: string,
  topic: string,
  which: 'earliest' | 'latest',
): Promise<Map<number, number>> {
  const output = await kafkaTool('org.apache.kafka.tools.GetOffsetShell', [
    ...['--bootstrap-server', brokers, '--topic', topic, '--time', which],
  ]);
  const ends = new Map<number, number>();
  for (const line of output.split('\n')) {
    const [, partition, offset] = /:(\d+):(\d+)\s*$/.exec(line) ?? [];
    if (partition !== undefined) ends.set(Number(partition), Number(offset));
  }
  return ends;
}

/** @throws Error with what the tool said */
export async function kafkaTool(main: string, words: readonly string[]): Promise<string> {
  const java = await requireJava();
  const jvm = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(kafkaJars(), '*')];
  const { code, output } = await runCommand(java, [...jvm, main, ...words]);
  if (code !== 0) throw new Error(`${main} ended with ${code}: ${output.slice(-2000)}`);
  return output;
}
