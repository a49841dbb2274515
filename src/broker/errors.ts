import { AppError, type ErrorCode, isAppError, messageOf } from '../errors.js';

interface KafkaError extends Error {
  readonly type?: string;
  readonly code?: number | string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

const REFUSED =
  /^(TOPIC_AUTHORIZATION|GROUP_AUTHORIZATION|CLUSTER_AUTHORIZATION|TRANSACTIONAL_ID_AUTHORIZATION|SASL_|UNSUPPORTED_SASL|ILLEGAL_SASL)/;

/** Turns what kafkajs threw into one of our codes. */
export function kafkaError(error: unknown, doing: string): AppError {
  if (isAppError(error)) return error;
  const root = rootOf(error);
  const make = (code: ErrorCode, remedy: string) =>
    new AppError(code, `Kafka: ${doing}: ${messageOf(root)}`, {
      remedy,
      cause: root,
      facts: { type: root.type, name: root.name },
    });
  if (root.name === 'KafkaJSSASLAuthenticationError' || REFUSED.test(root.type ?? '')) {
    return make(
      'KAFKA_REFUSED',
      'check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and the rights of that user',
    );
  }
  if (root.type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return make('TOPIC_UNFIT', 'run `inventory-sync topics create`; check KAFKA_TOPIC_PREFIX');
  }
  return make(
    'KAFKA_UNAVAILABLE',
    'check KAFKA_BROKERS and that the broker runs (own engines: `inventory-sync engines up`)',
  );
}

function rootOf(error: unknown): KafkaError {
  let current = error;
  for (let depth = 0; depth < 5; depth += 1) {
    if (!(current instanceof Error) || !(current.cause instanceof Error)) break;
    current = current.cause;
  }
  return current instanceof Error ? (current as KafkaError) : new Error(String(error));
}
