import { createHash } from 'node:crypto';
import { type Page, type PageRenderer, type View, viewKey } from './view.js';

export interface RenderedPart {
  readonly id: string;
  readonly hash: string;
  readonly html: string;
}

export interface Rendered {
  readonly page: Page;
  readonly parts: readonly RenderedPart[];
}

interface Kept {
  readonly version: number;
  readonly at: number;
  readonly result: Promise<Rendered | null>;
}

/** Pages are shared for this long, or until something has changed. Milliseconds. */
const SHARED_MS = 1_000;
const MOST_KEPT = 200;

/** One rendering per view, however many readers ask at once. */
export class Renders {
  readonly #kept = new Map<string, Kept>();
  #made = 0;

  constructor(
    private readonly render: PageRenderer,
    private readonly version: () => number,
    private readonly now: () => number = Date.now,
  ) {}

  /** How many renderings there were. */
  get made(): number {
    return this.#made;
  }

  /** Null where there is no such page. */
  get(view: View): Promise<Rendered | null> {
    const key = viewKey(view);
    const version = this.version();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.version === version && this.now() - kept.at < SHARED_MS)
      return kept.result;
    const result = this.#fresh(view);
    this.#kept.delete(key);
    this.#kept.set(key, { version, at: this.now(), result });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
    // A rendering that failed is not shared with those who come later.
    result.catch(() => this.#kept.get(key)?.result === result && this.#kept.delete(key));
    return result;
  }

  async #fresh(view: View): Promise<Rendered | null> {
    this.#made += 1;
    const page = await this.render(view);
    if (page === null) return null;
    return {
      page,
      parts: page.parts.map(({ id, html }) => ({ id, hash: hashOf(html.text), html: html.text })),
    };
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
