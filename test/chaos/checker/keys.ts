import type { Level } from './rows.js';

/** Gives each stock key (`source:account:product:scheme:warehouse`) a small number, so that a key's text is held once. */
export class Keys {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];

  numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  textOf(key: number): string {
    return this.texts[key] ?? '?';
  }

  get count(): number {
    return this.texts.length;
  }
}

/** The state of keys as one witness knows it: a million of them are some 70 MB. */
export class States {
  private figures = new Float64Array(5 * 1024);
  private seqs = new Float64Array(1024);
  private born = new Float64Array(1024);
  /** 0: unknown, 1: live, 2: closed. */
  private lives = new Uint8Array(1024);
  /** Sum of what is compared with the tables beside figures: when observed. */
  private times = new Float64Array(1024);

  knows(key: number): boolean {
    return (this.lives[key] ?? 0) !== 0;
  }

  isLive(key: number): boolean {
    return this.lives[key] === 1;
  }

  level(key: number): Level {
    const at = 5 * key;
    const { figures } = this;
    return [
      figures[at] ?? 0,
      figures[at + 1] ?? 0,
      figures[at + 2] ?? 0,
      figures[at + 3] ?? 0,
      figures[at + 4] ?? 0,
    ];
  }

  available(key: number): number {
    return this.figures[5 * key + 2] ?? 0;
  }

  /** 0 where the key was never seen. */
  seq(key: number): number {
    return this.seqs[key] ?? 0;
  }

  /** The offset of the snapshot in which the key last came to life. */
  bornIn(key: number): number {
    return this.born[key] ?? -1;
  }

  /** Unix milliseconds of the newest change's observation. */
  observedAt(key: number): number {
    return this.times[key] ?? 0;
  }

  set(key: number, state: { level: Level; seq: number; live: boolean; bornIn: number; at: number }): void {
    this.grow(key);
    this.figures.set(state.level, 5 * key);
    this.seqs[key] = state.seq;
    this.born[key] = state.bornIn;
    this.lives[key] = state.live ? 1 : 2;
    this.times[key] = state.at;
  }

  private grow(key: number): void {
    if (key < this.seqs.length) return;
    const room = Math.max(key + 1, 2 * this.seqs.length);
    this.figures = enlarged(this.figures, new Float64Array(5 * room));
    this.seqs = enlarged(this.seqs, new Float64Array(room));
    this.born = enlarged(this.born, new Float64Array(room));
    this.times = enlarged(this.times, new Float64Array(room));
    const lives = new Uint8Array(room);
    lives.set(this.lives);
    this.lives = lives;
  }
}

function enlarged(from: Float64Array, to: Float64Array): Float64Array<ArrayBuffer> {
  to.set(from);
  return to as Float64Array<ArrayBuffer>;
}

export function sameLevel(a: Level, b: Level): boolean {
  return a.every((figure, index) => figure === b[index]);
}
