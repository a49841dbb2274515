import { readFileSync } from 'node:fs';
import type { Kafka as KafkaClient, KafkaConfig, SASLOptions } from 'kafkajs';
import type { Metrics } from '../ports/instruments.js';
import type { Logger } from '../ports/logger.js';
import { Kafka, logLevel } from './kafkajs-patched.js';

interface Revealable {
  reveal(): string;
}

export interface BrokerOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?:
    | {
        readonly ca?: string | undefined;
        readonly cert?: string | undefined;
        readonly key?: string | undefined;
      }
    | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: Revealable;
      }
    | undefined;
  readonly sessionTimeoutMs: number;
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
}

/**
 * First retry after 10 ms, not kafkajs' 300: back-to-back transactions meet CONCURRENT_TRANSACTIONS as a matter of
 * course, and each meeting would cost a fifth of a second.
 */
const RETRY = { initialRetryTime: 10, maxRetryTime: 2_000, multiplier: 2, factor: 0.2, retries: 9 };

export function createKafka(options: BrokerOptions): KafkaClient {
  const config: KafkaConfig = {
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ level, namespace, log }) => {
        const { message, timestamp: _, logger: __, ...fields } = log;
        // The client's own warnings are about things it then retries: they are for those who look closely.
        if (level <= logLevel.WARN) options.logger.debug({ kafkajs: namespace, ...fields }, message);
      },
  };
  if (options.ssl !== undefined) {
    const { ca, cert, key } = options.ssl;
    config.ssl = {
      ...(ca ? { ca: [readFileSync(ca, 'utf8')] } : {}),
      ...(cert ? { cert: readFileSync(cert, 'utf8') } : {}),
      ...(key ? { key: readFileSync(key, 'utf8') } : {}),
    };
  }
  if (options.sasl !== undefined) {
    const { mechanism, username, password } = options.sasl;
    config.sasl = { mechanism, username, password: password.reveal() } as SASLOptions;
  }
  return new Kafka(config);
}
