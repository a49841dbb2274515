import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toolJvm } from '../../../engines/tool-jvm.js';

/** A record as bytes: what lies in the raw topic need be neither JSON nor UTF-8. */
export interface SeenRecord {
  readonly partition: number;
  readonly offset: number;
  /** Unix milliseconds. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ConsoleOptions {
  /** `host:port,…` */
  readonly brokers: string;
  readonly topic: string;
  readonly onRecord: (record: SeenRecord) => void;
  /** Each line of the consumer's own log. */
  readonly onLog: (line: string) => void;
}

/**
 * Kafka's own console consumer, reading a topic from its beginning, read_committed, one record after the other: what
 * is in memory is one piece of its output, however long the topic. Conforming, as kafkajs is not.
 */
export class ConsoleConsumer {
  /** Null where it ended by itself or was asked to; the signal that killed it otherwise. */
  readonly ended: Promise<NodeJS.Signals | null>;
  records = 0;
  private rest: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly child: ChildProcess,
    private readonly marks: Marks,
    private readonly options: ConsoleOptions,
    forget: () => void,
  ) {
    child.stdout?.on('data', (part: Buffer) => this.take(part));
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', options.onLog);
    this.ended = once(child, 'close')
      .then(([, signal]) => signal as NodeJS.Signals | null)
      .finally(forget);
    // Whoever does not wait for the end must not fall over a Java that cannot be started.
    this.ended.catch(() => undefined);
  }

  static async start(options: ConsoleOptions): Promise<ConsoleConsumer> {
    const { java, flags } = await toolJvm(256);
    const work = mkdtempSync(join(tmpdir(), 'console-consumer-'));
    const logging = join(work, 'log4j2.properties');
    writeFileSync(logging, LOGGING);
    const marks: Marks = { field: mark(), record: mark(), header: mark(), none: mark() };
    const child = spawn(java, [...flags, ...args(options, logging, marks)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ConsoleConsumer(child, marks, options, () => rmSync(work, { recursive: true, force: true }));
  }

  /** It hands out what it has fetched, and ends. */
  finish(): void {
    this.child.kill('SIGTERM');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private take(part: Buffer): void {
    const bytes = this.rest.length === 0 ? part : Buffer.concat([this.rest, part]);
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(this.marks.record, from);
      if (end < 0) break;
      this.records += 1;
      this.options.onRecord(parse(bytes.subarray(from, end), this.marks));
      from = end + this.marks.record.length;
    }
    // A copy: a slice would keep the whole piece in memory.
    this.rest = Buffer.from(bytes.subarray(from));
  }
}

/** Random words between the parts of a record, so that no value, whatever is in it, can be taken for two. */
interface Marks {
  readonly field: Buffer;
  readonly record: Buffer;
  readonly header: Buffer;
  readonly none: Buffer;
}

const mark = (): Buffer => Buffer.from(`~${randomBytes(12).toString('hex')}~`);

function args({ brokers, topic }: ConsoleOptions, logging: string, marks: Marks): string[] {
  const formatter = {
    'print.timestamp': 'true',
    'print.partition': 'true',
    'print.offset': 'true',
    'print.headers': 'true',
    'print.key': 'true',
    'print.value': 'true',
    'key.separator': String(marks.field),
    'line.separator': String(marks.record),
    'headers.separator': String(marks.header),
    'null.literal': String(marks.none),
  };
  return [
    ...[`-Dlog4j2.configurationFile=${logging}`, 'org.apache.kafka.tools.consumer.ConsoleConsumer'],
    ...['--bootstrap-server', brokers, '--topic', topic],
    ...['--from-beginning', '--isolation-level', 'read_committed'],
    // Whoever started it may be killed before it can end it.
    ...['--timeout-ms', '300000'],
    ...Object.entries(formatter).flatMap(([name, value]) => ['--formatter-property', `${name}=${value}`]),
  ];
}

function parse(text: Buffer, marks: Marks): SeenRecord {
  const fields: Buffer[] = [];
  let from = 0;
  // The value comes last and is taken whole.
  for (let count = 0; count < 5; count += 1) {
    const end = text.indexOf(marks.field, from);
    fields.push(text.subarray(from, end));
    from = end + marks.field.length;
  }
  fields.push(text.subarray(from));
  const [time, partition, offset, headers, key, value] = fields;
  const maybe = (bytes: Buffer | undefined) =>
    bytes === undefined || bytes.equals(marks.none) ? null : Buffer.from(bytes);
  return {
    partition: afterColon(partition),
    offset: afterColon(offset),
    timestamp: afterColon(time),
    key: maybe(key),
    value: maybe(value),
    headers: parseHeaders(String(headers), String(marks.header)),
  };
}

function afterColon(bytes: Buffer | undefined): number {
  const text = String(bytes);
  return Number(text.slice(text.indexOf(':') + 1));
}

function parseHeaders(text: string, separator: string): Record<string, string> {
  if (text === 'NO_HEADERS') return {};
  return Object.fromEntries(
    text.split(separator).map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon), header.slice(colon + 1)];
    }),
  );
}

const LOGGING = `status = error
appender.err.type = Console
appender.err.name = err
appender.err.target = SYSTEM_ERR
appender.err.layout.type = PatternLayout
appender.err.layout.pattern = %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.err.ref = err
logger.fetch.name = org.apache.kafka.clients.consumer.internals.AbstractFetch
logger.fetch.level = debug
logger.assigned.name = org.apache.kafka.clients.consumer.internals.ConsumerRebalanceListenerInvoker
logger.assigned.level = info
`;
