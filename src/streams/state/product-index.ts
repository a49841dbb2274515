import { WordRecords } from './word-records.js';

const LOW = 0;
const HIGH = 1;
/** Words before those of the owner. */
const OWN_WORDS = 2;
/** In the place of the higher bits: the id is a text, and this is its number among the texts. */
const IS_TEXT = 0xffff_ffff;
const TWO_32 = 0x1_0000_0000;
/** Digits that always fit a double exactly; one more may, or may not. */
const SAFE_DIGITS = 15;
const FIRST_SLOTS = 16;

/**
 * Numbers products from 0, in the order in which they came, and finds them by id. An id is held as the whole number
 * that it nearly always is, in two words; the few that a double cannot hold stay texts. Lists are mostly read in the
 * order in which they were read before, so the product behind the last one is looked at first.
 */
export class ProductIndex {
  private readonly records: WordRecords;
  /** Number of a product plus one, or 0, at the place that its id hashes to or the next free one. */
  private slots = new Uint32Array(FIRST_SLOTS);
  private texts: string[] = [];
  private readonly numbers = new Map<string, number>();
  private last = -1;

  /** @param words for the owner's use, beside the id */
  constructor(words: number) {
    this.records = new WordRecords(OWN_WORDS + words);
  }

  get size(): number {
    return this.records.length;
  }

  /** The product's number, or −1. */
  find(id: string): number {
    const whole = wholeOf(id);
    if (whole >= 0) return this.look(whole >>> 0, Math.floor(whole / TWO_32));
    const text = this.numbers.get(id);
    return text === undefined ? -1 : this.look(text, IS_TEXT);
  }

  /** The product's number; enters it where it was not known. */
  add(id: string): number {
    const whole = wholeOf(id);
    return whole >= 0
      ? this.lookOrEnter(whole >>> 0, Math.floor(whole / TWO_32))
      : this.lookOrEnter(this.textNumber(id), IS_TEXT);
  }

  /** {@link find} by what another index has numbered. */
  findLike(other: ProductIndex, product: number): number {
    const high = other.records.get(product, HIGH);
    return high === IS_TEXT
      ? this.find(other.idOf(product))
      : this.look(other.records.get(product, LOW), high);
  }

  /** {@link add} by what another index has numbered. */
  addLike(other: ProductIndex, product: number): number {
    const high = other.records.get(product, HIGH);
    if (high === IS_TEXT) return this.add(other.idOf(product));
    return this.lookOrEnter(other.records.get(product, LOW), high);
  }

  idOf(product: number): string {
    const [low, high] = [this.records.get(product, LOW), this.records.get(product, HIGH)];
    return high === IS_TEXT ? (this.texts[low] as string) : String(high * TWO_32 + low);
  }

  get(product: number, word: number): number {
    return this.records.get(product, OWN_WORDS + word);
  }

  set(product: number, word: number, value: number): void {
    this.records.set(product, OWN_WORDS + word, value);
  }

  clear(): void {
    this.records.clear();
    this.slots = new Uint32Array(FIRST_SLOTS);
    this.texts = [];
    this.numbers.clear();
    this.last = -1;
  }

  private textNumber(id: string): number {
    let number = this.numbers.get(id);
    if (number === undefined) {
      number = this.texts.length;
      this.texts.push(id);
      this.numbers.set(id, number);
    }
    return number;
  }

  private lookOrEnter(low: number, high: number): number {
    const known = this.look(low, high);
    if (known >= 0) return known;
    // At most three quarters are taken: beyond, the ways to a free place grow long.
    if ((this.size + 1) * 4 > this.slots.length * 3) this.widen();
    const product = this.records.add();
    this.records.set(product, LOW, low);
    this.records.set(product, HIGH, high);
    this.slots[this.freeSlot(low, high)] = product + 1;
    this.last = product;
    return product;
  }

  private look(low: number, high: number): number {
    const next = this.last + 1;
    if (next < this.size && this.isAt(next, low, high)) {
      this.last = next;
      return next;
    }
    const mask = this.slots.length - 1;
    for (let slot = this.home(low, high); ; slot = (slot + 1) & mask) {
      const product = (this.slots[slot] as number) - 1;
      if (product < 0) return -1;
      if (this.isAt(product, low, high)) {
        this.last = product;
        return product;
      }
    }
  }

  private isAt(product: number, low: number, high: number): boolean {
    const piece = this.records.pieceOf(product);
    const base = this.records.baseOf(product);
    return piece[base + LOW] === low && piece[base + HIGH] === high;
  }

  private widen(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    for (let product = 0; product < this.size; product += 1) {
      const slot = this.freeSlot(this.records.get(product, LOW), this.records.get(product, HIGH));
      this.slots[slot] = product + 1;
    }
  }

  private freeSlot(low: number, high: number): number {
    const mask = this.slots.length - 1;
    let slot = this.home(low, high);
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  /** Multiplication scatters neighbouring ids over the upper bits. */
  private home(low: number, high: number): number {
    const mixed = Math.imul(low ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1);
    return mixed >>> (Math.clz32(this.slots.length) + 1);
  }
}

/** The number whose usual spelling this is, or −1 where there is none that a double holds exactly. */
function wholeOf(id: string): number {
  const { length } = id;
  if (length === 0 || length > SAFE_DIGITS + 1) return -1;
  let whole = 0;
  for (let at = 0; at < length; at += 1) {
    const digit = id.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    whole = whole * 10 + digit;
  }
  if (length > 1 && id.charCodeAt(0) === 48) return -1;
  return Number.isSafeInteger(whole) ? whole : -1;
}
