import { rawEvent } from '../../../src/events/raw-snapshot.js';
import { CatalogueLife } from './catalogue-life.js';
import type { SeenRecord } from './console-consumer.js';
import { parseExact } from './exact-json.js';
import { catalogueReader, stockReader } from './rows.js';
import type { Place } from './snapshot-life.js';
import { StockLife } from './stock-life.js';
import type { FeedStanding, World } from './world.js';

/** The raw topic read a second time: which feed each record is of, and what it says. */
export class RawLog {
  private readonly lives = new Map<string, StockLife | CatalogueLife>();
  records = 0;
  rows = 0;

  /** @param topic the raw topic's full name */
  constructor(
    private readonly world: World,
    private readonly topic: string,
  ) {}

  take(record: SeenRecord): void {
    this.records += 1;
    const feed = record.key === null ? null : feedOf(record.key.toString());
    const place: Place = { ...record, redrivenFrom: redrivenFrom(record, this.topic) };
    const event = decoded(record);
    const readable = event !== null && feed !== null && event.feed === feed && canBeRead(feed, event);
    if (!readable) this.world.dead.add(`${record.partition}/${record.offset}`);
    if (feed === null) return;
    const life = this.lifeOf(feed, record.partition);
    if (!readable || event === null) return life.unreadable(place);
    // A replay's affair: what follows from it is no change of what the topic says.
    if (event.type === 'generation-ready') return;
    if (event.type === 'page-chunk') this.rows += event.rows.length;
    life.event(place, event);
  }

  /** What a feed held before the log begins. */
  knew(feed: string, product: string, key: number, partition: number): void {
    const life = this.lifeOf(feed, partition);
    if (life instanceof StockLife) life.knew(product, key);
  }

  private lifeOf(feed: string, partition: number): StockLife | CatalogueLife {
    const known = this.lives.get(feed);
    if (known !== undefined) return known;
    const isStock = !isCatalogue(feed);
    const beheaded = this.world.beheaded.has(partition);
    const standing: FeedStanding = { feed, isStock, watermark: null, retired: false, beheaded };
    this.world.feeds.set(feed, standing);
    const life = isStock ? new StockLife(this.world, standing) : new CatalogueLife(this.world, standing);
    this.lives.set(feed, life);
    return life;
  }
}

type Decoded = ReturnType<typeof rawEvent.parse>;

function decoded({ value }: SeenRecord): Decoded | null {
  if (value === null) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(value);
    return rawEvent.safeParse(parseExact(text)).data ?? null;
  } catch {
    return null;
  }
}

function canBeRead(feed: string, event: Decoded): boolean {
  if (event.type !== 'page-chunk') return true;
  const [source = '', , endpoint = ''] = feed.split(':');
  const method = event.query?.endpoint ?? endpoint;
  return (stockReader(source, method) ?? catalogueReader(source, method)) !== undefined;
}

/** `source:account:endpoint[:warehouse]`, or null where the text is none of that. */
function feedOf(text: string): string | null {
  const isFeed = /^(ozon|wildberries)(:[\w-]{1,64}){2,3}$/.test(text) && text.length <= 190;
  return isFeed ? text : null;
}

function isCatalogue(feed: string): boolean {
  const [source, , endpoint] = feed.split(':');
  return ['ozon:product-list', 'wildberries:cards'].includes(`${source}:${endpoint}`);
}

function redrivenFrom({ headers, partition }: SeenRecord, topic: string): number | null {
  const from = headers['redriven-from'];
  if (from === undefined) return null;
  const offset = from.startsWith(`${topic}/${partition}/`) ? from.slice(`${topic}/${partition}/`.length) : '';
  return /^\d{1,15}$/.test(offset) ? Number(offset) : -1;
}
