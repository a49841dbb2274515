import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../src/errors.js';
import { lastLines } from './commands.js';
import { FetchProgress } from './fetch-progress.js';
import { toolJvm } from './tool-jvm.js';

export interface CommittedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

export interface ReadOptions {
  readonly brokers: string;
  readonly topic: string;
  /** For the whole read, the start of a JVM included; a minute by default. */
  readonly timeoutMs?: number;
}

/**
 * Everything that is committed in a topic, in the order of partition and offset, as Kafka's own Java client sees it.
 *
 * It is the judge of exactly-once. kafkajs is not: with several producers in one partition its filter lets records
 * of aborted transactions through. The console consumer cannot say where the end is; its fetch log, which names its
 * position and the broker's last stable offset, can. So nothing is guessed from silence: a slow broker makes the
 * read longer, never shorter.
 * @throws AppError TIMED_OUT when the end was not reached, ENGINE_FAILED when the reader itself fails
 */
export async function readCommitted(options: ReadOptions): Promise<CommittedRecord[]> {
  const { java, flags } = await toolJvm(512);
  const work = mkdtempSync(join(tmpdir(), 'conforming-reader-'));
  const logging = join(work, 'log4j2.properties');
  writeFileSync(logging, LOGGING);
  try {
    const marks = { field: token(), record: token(), header: token(), none: token() };
    const child = spawn(java, consumerArgs(options, flags, logging, marks), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { output, announced } = await untilEnd(child, options);
    return parseRecords(output, announced, options.topic, marks);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Random words between the parts of a record, so that no value, whatever is in it, can be taken for two. */
interface Marks {
  readonly field: string;
  readonly record: string;
  readonly header: string;
  readonly none: string;
}

const token = (): string => `~${randomBytes(12).toString('hex')}~`;

function consumerArgs(
  options: ReadOptions,
  flags: readonly string[],
  logging: string,
  marks: Marks,
): string[] {
  const formatter = {
    'print.timestamp': 'true',
    'print.partition': 'true',
    'print.offset': 'true',
    'print.headers': 'true',
    'print.key': 'true',
    'print.value': 'true',
    'key.separator': marks.field,
    'line.separator': marks.record,
    'headers.separator': marks.header,
    'null.literal': marks.none,
  };
  return [
    ...flags,
    ...[`-Dlog4j2.configurationFile=${logging}`, 'org.apache.kafka.tools.consumer.ConsoleConsumer'],
    ...['--bootstrap-server', options.brokers, '--topic', options.topic],
    ...['--from-beginning', '--isolation-level', 'read_committed'],
    // Whoever started it may be killed before it can end it.
    ...['--timeout-ms', '300000'],
    ...Object.entries(formatter).flatMap(([name, value]) => ['--formatter-property', `${name}=${value}`]),
  ];
}

/** Lets the consumer run until its fetch log says that all partitions are read, then asks it to end. */
function untilEnd(child: ChildProcess, options: ReadOptions): Promise<{ output: Buffer; announced: number }> {
  const { topic, timeoutMs = 60_000 } = options;
  const progress = new FetchProgress();
  const parts: Buffer[] = [];
  const complaints: string[] = [];
  let reached = false;
  let announced: number | undefined;
  const finish = (): void => {
    reached = true;
    // It prints what it has fetched, then ends: an interrupt takes effect only at its next poll.
    child.kill('SIGTERM');
  };
  return new Promise((done, fail) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const total = /^Processed a total of (\d+) messages/.exec(line);
        if (total !== null) announced = Number(total[1]);
        else if (!progress.note(line)) complaints.push(line);
        else if (!reached && progress.atEnd(Date.now())) finish();
      });
    }
    child.on('error', (cause) => fail(readerFailed(topic, 'it cannot be started', cause)));
    child.on('close', (_code, signal) => {
      clearTimeout(limit);
      if (reached && announced !== undefined) done({ output: Buffer.concat(parts), announced });
      else if (signal === 'SIGKILL') fail(tooSlow(topic, timeoutMs, complaints));
      else fail(readerFailed(topic, lastLines(complaints.join('\n'), 6)));
    });
  });
}

function parseRecords(output: Buffer, announced: number, topic: string, marks: Marks): CommittedRecord[] {
  const texts = output.toString('utf8').split(marks.record);
  texts.pop();
  if (texts.length !== announced) {
    throw readerFailed(topic, `it announced ${announced} records and printed ${texts.length}`);
  }
  // A reader that was thrown out of its group starts again from the beginning: one offset is one record.
  const records = new Map<string, CommittedRecord>();
  for (const text of texts) {
    const record = parseRecord(text, marks);
    records.set(`${record.partition}:${record.offset}`, record);
  }
  return [...records.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

function parseRecord(text: string, marks: Marks): CommittedRecord {
  const [time = '', partition = '', offset = '', headers = '', key = '', value = ''] = text.split(
    marks.field,
  );
  const maybe = (field: string): string | null => (field === marks.none ? null : field);
  return {
    partition: afterColon(partition),
    offset: afterColon(offset),
    timestamp: afterColon(time),
    key: maybe(key),
    value: maybe(value),
    headers: parseHeaders(headers, marks),
  };
}

const afterColon = (text: string): number => Number(text.slice(text.indexOf(':') + 1));

function parseHeaders(text: string, marks: Marks): Record<string, string> {
  if (text === 'NO_HEADERS') return {};
  return Object.fromEntries(
    text.split(marks.header).map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon), header.slice(colon + 1)];
    }),
  );
}

function tooSlow(topic: string, timeoutMs: number, complaints: readonly string[]): AppError {
  const said = complaints.length === 0 ? '' : `:\n${lastLines(complaints.join('\n'), 6)}`;
  return new AppError('TIMED_OUT', `the end of ${topic} was not reached within ${timeoutMs} ms${said}`, {
    remedy: 'Is the topic there, and the broker up?',
  });
}

function readerFailed(topic: string, reason: string, cause?: unknown): AppError {
  return new AppError('ENGINE_FAILED', `Kafka's console consumer could not read ${topic}: ${reason}`, {
    cause,
    remedy: 'npm run setup',
  });
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
