import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { kafkaStatus, killKafka, startKafka, stopKafka } from '../../../engines/kafka.js';
import { KafkaCluster } from '../../../engines/kafka-cluster.js';
import { killMysql, type MysqlAddress, mysqlStatus, startMysql, stopMysql } from '../../../engines/mysql.js';

export interface ServersOptions {
  /** Three brokers instead of one. */
  readonly cluster?: boolean;
  /** Lines of the one broker's properties. */
  readonly kafkaOverrides?: Record<string, string>;
}

/** A Kafka and a MySQL that nobody else uses, so that they may be killed, frozen and filled up. */
export class Servers {
  private constructor(
    readonly dir: string,
    readonly brokers: string,
    readonly mysql: MysqlAddress,
    readonly cluster: KafkaCluster | null,
  ) {}

  static async start(dir: string, options: ServersOptions = {}): Promise<Servers> {
    const overrides = options.kafkaOverrides === undefined ? {} : { overrides: options.kafkaOverrides };
    const [kafka, mysql] = await Promise.all([
      options.cluster === true ? KafkaCluster.start(dir) : startKafka(dir, overrides),
      startMysql(dir),
    ]);
    return new Servers(dir, kafka.brokers, mysql, kafka instanceof KafkaCluster ? kafka : null);
  }

  /** Of the one broker. */
  async killKafka(): Promise<void> {
    await killKafka(this.dir);
  }

  async startKafka(): Promise<void> {
    if (this.cluster === null) await startKafka(this.dir);
    else await this.cluster.startAll();
  }

  async killMysql(): Promise<void> {
    await killMysql(this.dir);
  }

  async stopMysql(): Promise<void> {
    await stopMysql(this.dir);
  }

  async startMysql(): Promise<void> {
    await startMysql(this.dir);
  }

  /** To the one broker. */
  signalKafka(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = kafkaStatus(this.dir);
    if (pid !== undefined) process.kill(pid, signal);
  }

  signalMysql(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = mysqlStatus(this.dir);
    if (pid !== undefined) process.kill(pid, signal);
  }

  /** Statements of the administrator, one connection for all of them; answers what the last one said. */
  async asRoot<T = RowDataPacket>(...statements: readonly string[]): Promise<T[]> {
    const { host, port, adminUser, adminPassword } = this.mysql;
    const connection = await createConnection({ host, port, user: adminUser, password: adminPassword });
    try {
      let rows: unknown = [];
      for (const statement of statements) [rows] = await connection.query(statement);
      return rows as T[];
    } finally {
      await connection.end();
    }
  }

  /** Up and of good health, whatever a fault left them in. */
  async heal(): Promise<void> {
    this.signalKafka('SIGCONT');
    this.signalMysql('SIGCONT');
    await Promise.all([this.startKafka(), this.startMysql()]);
  }

  async stop(): Promise<void> {
    this.signalKafka('SIGCONT');
    this.signalMysql('SIGCONT');
    await Promise.all([
      this.cluster === null ? stopKafka(this.dir) : this.cluster.stop(),
      stopMysql(this.dir),
    ]);
  }
}
