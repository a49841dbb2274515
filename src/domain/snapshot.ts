import type { RowKey } from './stock-change.js';
import type { Scheme } from './stock-key.js';

/**
 * Which warehouses of a scheme a snapshot covers: `total` the marketplace's one figure for the scheme (the key's
 * warehouse is empty), `warehouses` each warehouse by itself, whichever there are, or just the listed ones.
 */
export type Places = 'total' | 'warehouses' | readonly string[];

/** What a snapshot set out to read. */
export interface SnapshotScope {
  readonly schemes: readonly Scheme[];
  /** By scheme; a scheme without an entry is covered whatever the warehouse. */
  readonly places?: Readonly<Partial<Record<Scheme, Places>>> | undefined;
  /** Products were asked for by id: absence means something only for those that the pages name as asked for. */
  readonly byIds?: boolean | undefined;
  /** Only what is new since an earlier read: proves no absence, however complete. */
  readonly partial?: boolean | undefined;
}

/**
 * Does a snapshot of this scope say anything about this key? A row outside is not this feed's to keep: the
 * settings look elsewhere now, or its warehouse is gone from a complete list of them.
 */
export function scopeCovers(
  { schemes, places }: SnapshotScope,
  { scheme, warehouseId }: Pick<RowKey, 'scheme' | 'warehouseId'>,
): boolean {
  if (!schemes.includes(scheme)) return false;
  const place = places?.[scheme];
  if (place === undefined) return true;
  if (place === 'total') return warehouseId === '';
  return place === 'warehouses' ? warehouseId !== '' : place.includes(warehouseId);
}

/** What was received of a snapshot, page by page. */
export interface ReceivedPages {
  /** Page number → chunks announced and chunks received. */
  readonly pages: ReadonlyMap<number, { readonly chunks: number; readonly received: ReadonlySet<number> }>;
  /** Rows received, as the marketplace counts them (an Ozon item is one row). */
  readonly rows: number;
  /** Distinct products received. */
  readonly products: number;
  /** Rows or records that could not be understood. */
  readonly invalid: number;
  /** The log no longer holds all of the snapshot's records. */
  readonly truncated: boolean;
}

/** What the poller says it read. */
export interface AnnouncedTotals {
  readonly pages: number;
  readonly rows: number;
  /** The least and the greatest number of products that the API named during the walk, where it names one. */
  readonly products?: { readonly least: number; readonly greatest: number } | undefined;
}

/**
 * Why a snapshot is not complete; empty where it is. Absence is a fact only about a complete snapshot: the walk
 * came to its end, every page and chunk is here, all rows could be read, and the counts are as announced.
 */
export function completenessGaps(received: ReceivedPages, announced: AnnouncedTotals): string[] {
  const gaps: string[] = [];
  if (received.truncated) gaps.push('the beginning of the snapshot is no longer in the log');
  if (received.invalid > 0) gaps.push(`${received.invalid} row(s) could not be read`);
  const missing: number[] = [];
  for (let page = 1; page <= announced.pages; page += 1) {
    const seen = received.pages.get(page);
    if (seen === undefined || seen.received.size !== seen.chunks) missing.push(page);
  }
  if (missing.length > 0)
    gaps.push(`page(s) ${abbreviate(missing)} of ${announced.pages} missing or incomplete`);
  if (received.pages.size > announced.pages) {
    gaps.push(`${received.pages.size} pages received, ${announced.pages} announced`);
  }
  if (received.rows !== announced.rows)
    gaps.push(`${received.rows} rows received, ${announced.rows} announced`);
  const range = announced.products;
  if (range !== undefined && (received.products < range.least || received.products > range.greatest)) {
    const named = range.least === range.greatest ? `${range.least}` : `${range.least} to ${range.greatest}`;
    gaps.push(`${received.products} distinct products received, the marketplace named ${named}`);
  }
  return gaps;
}

function abbreviate(pages: readonly number[]): string {
  return pages.length <= 5
    ? pages.join(', ')
    : `${pages.slice(0, 5).join(', ')} and ${pages.length - 5} more`;
}
