/** Records in one piece of memory; the first piece begins small, since most feeds are. */
const PIECE_BITS = 14;
const PIECE = 1 << PIECE_BITS;
const FIRST = 16;

/**
 * Records of so many unsigned 32-bit words each, numbered from 0: a few bytes where an object would take a hundred,
 * and nothing for the garbage collector to follow. They grow by pieces, so that no copy of all is ever made.
 */
export class WordRecords {
  private pieces: Uint32Array[] = [];
  private count = 0;

  constructor(private readonly words: number) {}

  get length(): number {
    return this.count;
  }

  /** A further record, all words zero. */
  add(): number {
    const record = this.count;
    const place = record & (PIECE - 1);
    const piece = this.pieces[record >>> PIECE_BITS];
    if (piece === undefined || piece.length <= place * this.words) this.grow(record >>> PIECE_BITS, piece);
    this.count += 1;
    return record;
  }

  get(record: number, word: number): number {
    return this.pieceOf(record)[this.baseOf(record) + word] as number;
  }

  set(record: number, word: number, value: number): void {
    this.pieceOf(record)[this.baseOf(record) + word] = value;
  }

  /** Where several words of a record are wanted: they lie in here from {@link baseOf} on. */
  pieceOf(record: number): Uint32Array {
    return this.pieces[record >>> PIECE_BITS] as Uint32Array;
  }

  baseOf(record: number): number {
    return (record & (PIECE - 1)) * this.words;
  }

  clear(): void {
    this.pieces = [];
    this.count = 0;
  }

  private grow(at: number, piece: Uint32Array | undefined): void {
    const records =
      at > 0 ? PIECE : Math.min(PIECE, piece === undefined ? FIRST : (2 * piece.length) / this.words);
    const larger = new Uint32Array(records * this.words);
    if (piece !== undefined) larger.set(piece);
    this.pieces[at] = larger;
  }
}
