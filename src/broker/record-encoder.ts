type Value = Buffer | string;

/** What of a message goes into a record, as kafkajs is given it. */
export interface EncodedMessage {
  readonly key?: Value | null | undefined;
  readonly value: Value | null;
  /** Unix milliseconds. */
  readonly timestamp?: string | number | undefined;
  readonly headers?: { readonly [name: string]: Value | readonly Value[] | undefined } | undefined;
}

/** A header as it was written last: most records of a batch say the same in most of theirs. */
interface KnownHeader {
  /** Length and name. */
  readonly name: Buffer;
  value: string;
  /** Name and value; made when the value comes a second time. */
  whole: Buffer | undefined;
}

const MAX_VARINT = 5;
const MAX_VARLONG = 10;
/** What one UTF-16 unit can take in UTF-8. */
const UNIT_BYTES = 3;
/** Up to here a loop is faster than the call into the runtime, and the length takes one byte. */
const SHORT_TEXT = 48;
const KNOWN_NAMES = 200;
const KNOWN_VALUE = 200;
/** Bytes of the length of a record of 64 to 8191 bytes. */
const USUAL_LENGTH = 2;

/**
 * Encodes records of Kafka's message format v2 (https://kafka.apache.org/documentation/#record) into one buffer that
 * it uses again for the next batch.
 */
class RecordEncoder {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #at = 0;
  readonly #known = new Map<string, KnownHeader>();

  /** @param offsets of the timestamps to the batch's first one, milliseconds. @returns bytes that are nobody else's */
  encode(messages: readonly EncodedMessage[], timestampDelta: (message: EncodedMessage) => number): Buffer {
    this.#at = 0;
    for (const [index, message] of messages.entries()) this.#record(message, index, timestampDelta(message));
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  #record({ key, value, headers }: EncodedMessage, offsetDelta: number, timestampDelta: number): void {
    const start = this.#at;
    this.#room(USUAL_LENGTH + 1 + MAX_VARLONG + MAX_VARINT);
    this.#at += USUAL_LENGTH;
    this.#bytes[this.#at++] = 0;
    this.#varlong(timestampDelta);
    this.#varint(offsetDelta * 2);
    this.#nullable(key);
    this.#nullable(value);
    this.#headers(headers);
    this.#length(start, USUAL_LENGTH, this.#at - start - USUAL_LENGTH);
  }

  #headers(headers: EncodedMessage['headers'] = {}): void {
    const names = Object.keys(headers);
    let count = 0;
    for (const name of names) {
      const value = headers[name];
      count += Array.isArray(value) ? value.length : 1;
    }
    this.#room(MAX_VARINT);
    this.#varint(count * 2);
    for (const name of names) {
      const value = headers[name];
      if (Array.isArray(value)) for (const one of value) this.#header(name, one);
      else this.#header(name, value as Value | undefined);
    }
  }

  #header(name: string, value: Value | null | undefined): void {
    const known = this.#known.get(name) ?? this.#learn(name);
    if (known.value === value && known.whole !== undefined) return this.#copy(known.whole);
    const start = this.#at;
    this.#copy(known.name);
    this.#value(value);
    if (typeof value !== 'string' || value.length > KNOWN_VALUE) return;
    if (known.value === value) known.whole = Buffer.from(this.#bytes.subarray(start, this.#at));
    else {
      known.value = value;
      known.whole = undefined;
    }
  }

  #learn(name: string): KnownHeader {
    const start = this.#at;
    this.#text(name);
    const known = { name: Buffer.from(this.#bytes.subarray(start, this.#at)), value: '', whole: undefined };
    this.#at = start;
    // Records that were given to us by others may have any names.
    if (this.#known.size >= KNOWN_NAMES) this.#known.clear();
    this.#known.set(name, known);
    return known;
  }

  #nullable(value: Value | null | undefined): void {
    if (value !== null && value !== undefined) return this.#value(value);
    this.#room(1);
    // The length −1.
    this.#bytes[this.#at++] = 1;
  }

  #value(value: Value | null | undefined): void {
    if (typeof value === 'string') return this.#text(value);
    if (!Buffer.isBuffer(value)) throw new TypeError('neither text nor bytes');
    this.#room(MAX_VARINT);
    this.#varint(value.length * 2);
    this.#copy(value);
  }

  #text(text: string): void {
    const { length } = text;
    this.#room(MAX_VARINT + UNIT_BYTES * length);
    if (length <= SHORT_TEXT && this.#ascii(text)) return;
    const start = this.#at;
    const width = varintBytes(length * 2);
    const written = this.#bytes.write(text, start + width);
    this.#at = start + width + written;
    this.#length(start, width, written);
  }

  #ascii(text: string): boolean {
    const { length } = text;
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      bytes[start + index] = unit;
    }
    bytes[start - 1] = length * 2;
    this.#at = start + length;
    return true;
  }

  #copy(from: Buffer): void {
    this.#room(from.length);
    this.#bytes.set(from, this.#at);
    this.#at += from.length;
  }

  /** Puts the length before what lies `reserved` bytes after `start`, and moves that if the length takes another width. */
  #length(start: number, reserved: number, length: number): void {
    const width = varintBytes(length * 2);
    if (width !== reserved) {
      this.#room(width);
      this.#bytes.copyWithin(start + width, start + reserved, this.#at);
    }
    this.#at = start;
    this.#varint(length * 2);
    this.#at += length;
  }

  /** @param unsigned zigzag-encoded; of what is not negative, twice the number */
  #varint(unsigned: number): void {
    const bytes = this.#bytes;
    let rest = unsigned;
    for (; rest > 0x7f; rest >>>= 7) bytes[this.#at++] = (rest & 0x7f) | 0x80;
    bytes[this.#at++] = rest;
  }

  #varlong(value: number): void {
    if (Number.isInteger(value) && value >= 0 && value < 2 ** 30) return this.#varint(value * 2);
    const long = BigInt(value);
    let rest = BigInt.asUintN(64, (long << 1n) ^ (long >> 63n));
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

function varintBytes(unsigned: number): number {
  if (unsigned < 0x80) return 1;
  if (unsigned < 0x4000) return 2;
  if (unsigned < 0x200000) return 3;
  return unsigned < 0x10000000 ? 4 : 5;
}

const encoder = new RecordEncoder();

/** Records one after another, as they lie in a batch that is not compressed. */
export const encodeRecords = encoder.encode.bind(encoder);
