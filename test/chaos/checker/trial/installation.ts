import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { loadConfig } from '../../../../config/load.js';
import { TOPICS, type TopicName } from '../../../../src/events/topics.js';
import { Installation as Program } from '../../../../src/main.js';
import type { LogRecord } from '../../../../src/ports/log-records.js';
import { type SmtpSink, startSmtpSink } from '../../../../src/simulator/smtp-sink.js';
import { WorkerRuntime } from '../../../../src/worker-runtime.js';
import { scratchFolder, testEngines } from '../../../support/engines.js';
import { Pipeline, quietLogger } from '../../../support/pipeline.js';
import { type LiveReader, startLiveReader } from '../live-reader.js';
import type { CheckerSettings } from '../settings.js';

const DRAIN_MS = 120_000;

/**
 * A real pipeline for the checker to judge: workers of the program itself on the run's Kafka and MySQL, a mail server,
 * a live reader. The raw topic takes its records' own times, so that hours and days can pass in a story.
 */
export class TrialInstallation {
  readonly logs: string[] = [];
  private readonly kafka = new Kafka({
    brokers: testEngines().kafka.brokers.split(','),
    logLevel: logLevel.NOTHING,
  });
  private readonly producer = this.kafka.producer({ allowAutoTopicCreation: false });

  private constructor(
    readonly pipe: Pipeline,
    readonly sink: SmtpSink,
    readonly folder: string,
    private readonly reader: LiveReader,
  ) {}

  static async start(name: string): Promise<TrialInstallation> {
    const pipe = await Pipeline.start(name);
    const folder = scratchFolder(name);
    const { brokers } = testEngines().kafka;
    const reader = await startLiveReader({
      brokers,
      prefix: pipe.prefix,
      file: join(folder, 'observed.ndjson'),
    });
    const made = new TrialInstallation(pipe, await startSmtpSink(), folder, reader);
    await made.producer.connect();
    const admin = made.kafka.admin();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: 2,
          name: pipe.topic(TOPICS.rawSnapshots),
          configEntries: [
            { name: 'message.timestamp.type', value: 'CreateTime' },
            { name: 'retention.ms', value: '-1' },
            { name: 'message.timestamp.after.max.ms', value: '9223372036854775807' },
          ],
        },
      ],
    });
    await admin.disconnect();
    return made;
  }

  /** Appends the records to a raw partition, as they are, with their own times. */
  async append(partition: number, records: readonly LogRecord[]): Promise<void> {
    const messages = records.map(
      ({ key, value, headers, timestamp }): Message => ({
        partition,
        key,
        value,
        headers: { ...headers },
        timestamp: String(timestamp),
      }),
    );
    const topic = this.pipe.topic(TOPICS.rawSnapshots);
    for (let from = 0; from < messages.length; from += 500) {
      await this.producer.send({ topic, messages: messages.slice(from, from + 500) });
    }
  }

  /** Lets the log of a partition begin at this offset, as retention does. */
  async forget(name: TopicName, partition: number, before: number): Promise<void> {
    const admin = this.kafka.admin();
    const topic = this.pipe.topic(name);
    // Without having looked at the topic kafkajs does not know where its partitions are.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
    await admin.disconnect();
  }

  /** Works off everything that waits, mail included, and ends the worker again. */
  async drain(): Promise<void> {
    const program = new Program(
      loadConfig({ env: this.env(), cwd: this.folder, installFolder: '/nonexistent' }),
      quietLogger(this.logs),
    );
    let fatal: unknown;
    const limit = AbortSignal.timeout(DRAIN_MS);
    const runtime = new WorkerRuntime(program, { onFatal: (error) => (fatal = error) });
    try {
      await runtime.start();
      await runtime.drained(limit);
    } finally {
      await runtime.stop();
      await program.close();
    }
    if (fatal !== undefined) throw fatal;
    if (limit.aborted) throw new Error(`not drained in ${DRAIN_MS} ms\n${this.logs.slice(-10).join('\n')}`);
  }

  /** Ends the live reader, and writes down the mails: what the checker is to be told. */
  async settings(): Promise<CheckerSettings> {
    await this.reader.stop();
    const mails = join(this.folder, 'mails.ndjson');
    const lines = this.sink
      .messages()
      .map(({ messageId, to, subject, text, headers }) =>
        JSON.stringify({ messageId, to, subject, text, headers: Object.fromEntries(headers) }),
      );
    writeFileSync(mails, lines.map((line) => `${line}\n`).join(''));
    const { host, port, user, password, database } = this.pipe.database;
    return {
      brokers: testEngines().kafka.brokers,
      prefix: this.pipe.prefix,
      mysql: { host, port, user, password, database },
      observed: join(this.folder, 'observed.ndjson'),
      mails,
      rules: { minProducts: 3 },
    };
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
    await this.sink.close();
    await this.pipe.close();
  }

  private env(): Record<string, string> {
    const { host, port, user, password, database } = this.pipe.database;
    return {
      KAFKA_BROKERS: testEngines().kafka.brokers,
      KAFKA_TOPIC_PREFIX: this.pipe.prefix,
      KAFKA_SESSION_TIMEOUT: '6',
      DB_HOST: host,
      DB_PORT: String(port),
      DB_NAME: database,
      DB_USER: user,
      DB_PASSWORD: password,
      SMTP_HOST: this.sink.host,
      SMTP_PORT: String(this.sink.port),
      SMTP_SECURITY: 'none',
      ALERT_EMAIL: 'owner@example.test',
      ALERT_GROUP_WAIT: '0',
      ALERT_GROUP_INTERVAL: '0',
      MIN_PRODUCTS_THRESHOLD: '3',
    };
  }
}
