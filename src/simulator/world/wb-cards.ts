import type { WbCard } from './types.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** How old the first cards are. */
const AGE_DAYS = 300;
/** So many cards of the first day have one `updatedAt`: a cursor needs `nmID` too. */
const TIED = 3;

/** What Wildberries keeps of cards beside their sizes. */
export class WbCards {
  private readonly known = new Map<string, WbCard>();
  private readonly openedAt: number;
  private last: number;

  constructor(private readonly clock: () => number) {
    this.openedAt = clock() - AGE_DAYS * DAY_MS;
    this.last = this.openedAt;
  }

  /** A card of the first catalogue, the n-th. */
  addOld(nmId: string, index: number): void {
    const at = this.openedAt + Math.floor(index / TIED) * MINUTE_MS;
    this.last = Math.max(this.last, at);
    this.known.set(nmId, { nmId, hasPhoto: index % 7 !== 3, trashed: false, createdAt: at, updatedAt: at });
  }

  add(nmId: string, hasPhoto = true): void {
    const at = this.stamp();
    this.known.set(nmId, { nmId, hasPhoto, trashed: false, createdAt: at, updatedAt: at });
  }

  find(nmId: string): WbCard | undefined {
    return this.known.get(nmId);
  }

  isTrashed(nmId: string): boolean {
    return this.known.get(nmId)?.trashed === true;
  }

  /** Something about the card is new. */
  touch(nmId: string, change: Partial<Pick<WbCard, 'trashed' | 'hasPhoto'>> = {}): void {
    const card = this.known.get(nmId);
    if (card !== undefined) {
      this.known.set(nmId, { ...card, ...change, updatedAt: this.stamp() });
    }
  }

  clear(): void {
    this.known.clear();
  }

  /** Later than every stamp before, also when the clock stands still: a stored cursor must not skip a change. */
  private stamp(): number {
    this.last = Math.max(this.clock(), this.last + 1);
    return this.last;
  }
}
