import { createRequire } from 'node:module';
import type * as kafkajs from 'kafkajs';
import { produceRequest } from './produce-request.js';
import { createSendOnce, type PlacedMessage, type SendParts } from './send-once.js';

/**
 * kafkajs 2.2.4, loaded with four of its faults mended and an encoder of our own. The package has been without a
 * release since February 2023 and is pinned exactly, so what is replaced here is known to the letter. Nothing else
 * may import it at run time.
 */
const require = createRequire(import.meta.url);

interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

interface AbortedTransaction {
  readonly firstOffset: string;
  readonly producerId: string;
}

/** Control record key of an abort marker: version 0, type 0. */
const ABORT_MARKER = Buffer.from([0, 0, 0, 0]);

/**
 * Leaves out records of aborted transactions. The original expects the broker's list in order of first offsets,
 * takes one transaction per message, and mistakes data for markers; the broker sends the list in order of last
 * offsets, so that with several producers in a partition it hands out aborted records.
 */
export function withoutAborted<M extends FetchedMessage>({
  messages,
  abortedTransactions,
}: {
  readonly messages: readonly M[];
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
}): M[] {
  const pending = [...(abortedTransactions ?? [])].sort(
    (a, b) => Number(a.firstOffset) - Number(b.firstOffset),
  );
  if (pending.length === 0) return [...messages];
  const aborted = new Set<string>();
  return messages.filter((message) => {
    while (pending[0] !== undefined && Number(pending[0].firstOffset) <= Number(message.offset)) {
      aborted.add(String(pending.shift()?.producerId));
    }
    const producer = String(message.batchContext.producerId);
    if (message.isControlRecord) {
      if (message.key !== null && Buffer.from(message.key).equals(ABORT_MARKER)) aborted.delete(producer);
      return true;
    }
    return !(message.batchContext.inTransaction && aborted.has(producer));
  });
}

interface RequestQueue {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
}

const PENDING_CHECK_MS = 10;

/**
 * Looks after waiting requests only when there are any. The original sets a timer with a negative delay, that is
 * one every millisecond, on each connection for as long as it lives: about 4 % of a core while idle.
 */
function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const throttled = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttled > 0 ? throttled : PENDING_CHECK_MS,
  );
}

interface ClientErrors {
  readonly KafkaJSError: new (message: string) => Error;
}

/**
 * Nobody said who coordinates a group: to the original a reason to give up for good, and yet no more than a broker
 * that went down between two requests. With this one, as with other lost connections, the consumer starts anew.
 */
function coordinatorMayComeBack<E extends ClientErrors>(errors: E): E {
  class KafkaJSGroupCoordinatorNotFound extends errors.KafkaJSError {
    override name = 'KafkaJSGroupCoordinatorNotFound';
  }
  return { ...errors, KafkaJSGroupCoordinatorNotFound };
}

type MakeSend = (parts: SendParts<PlacedMessage>) => unknown;

function load(): typeof kafkajs {
  // First, since what is replaced next loads it.
  replace<ClientErrors>('kafkajs/src/errors.js', coordinatorMayComeBack);
  replace('kafkajs/src/consumer/filterAbortedMessages.js', () => withoutAborted);
  replace(
    'kafkajs/src/producer/sendMessages.js',
    (original: MakeSend): MakeSend =>
      (parts) =>
        parts.eosManager.isTransactional() ? createSendOnce(parts) : original(parts),
  );
  replace('kafkajs/src/protocol/requests/produce/v3/request.js', () => produceRequest);
  const queue = require('kafkajs/src/network/requestQueue/index.js') as { prototype: object };
  Object.assign(queue.prototype, { scheduleCheckPendingRequests });
  return require('kafkajs') as typeof kafkajs;
}

/** Before anything has loaded what loads it. */
function replace<T>(file: string, by: (original: T) => unknown): void {
  const path = require.resolve(file);
  const original = require(path) as T;
  const cached = require.cache[path];
  if (cached !== undefined) cached.exports = by(original);
}

export const { AssignerProtocol, Kafka, Partitioners, logLevel, CompressionTypes, ConfigResourceTypes } =
  load();
