import { runCommand } from '../../../engines/commands.js';
import { toolJvm } from '../../../engines/tool-jvm.js';

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
  const { java, flags } = await toolJvm(128);
  const { code, output } = await runCommand(java, [...flags, main, ...words]);
  if (code !== 0) throw new Error(`${main} ended with ${code}: ${output.slice(-2000)}`);
  return output;
}
