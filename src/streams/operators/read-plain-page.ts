import { isUtf8 } from 'node:buffer';
import { parseFeed } from '../../domain/feed.js';
import { parseExactJson } from '../../domain/json.js';
import { EVENT_TYPES } from '../../events/envelope.js';
import { type PageChunk, rawEventReader } from '../../events/raw-snapshot.js';
import type { LogRecord } from '../../ports/log-records.js';
import type { NormaliserOf } from '../../ports/marketplace.js';
import { normaliseRows, type ReadyRecord } from './normalise-page.js';

const ASCII = /^[\0-\x7f]*$/;

/**
 * The short way to a page of whose rows no text is read: its bytes are taken for characters as they are, which spares
 * most of the time that names in Cyrillic take. JSON is the same that way, since all that it is made of is ASCII.
 * Null where anything but the rows' own texts might look different for it, and where the page has a fault: the long way
 * tells what it is.
 */
export function readPlainPage(record: LogRecord, normaliserOf: NormaliserOf): ReadyRecord | null {
  const { key, value, headers } = record;
  if (headers.ce_type !== EVENT_TYPES.pageChunk || key === null || value === null) return null;
  const feed = parseFeed(key);
  if (feed === null) return null;
  const normaliser = normaliserOf(feed.source, feed.endpoint);
  if (normaliser?.kind !== 'stock' || normaliser.readsNoText !== true) return null;
  const event = isUtf8(value) ? chunkIn(value) : null;
  if (event === null || event.feed !== key || !isPlain(event.query)) return null;
  const page = normaliseRows(event, normaliser);
  return page.problems.length > 0 ? null : { ok: true, record, feed, event, page };
}

function chunkIn(value: Buffer): PageChunk | null {
  let json: unknown;
  try {
    json = parseExactJson(value.toString('latin1'));
  } catch {
    return null;
  }
  const read = rawEventReader.safeParse(json);
  return read.success && read.data.type === 'page-chunk' ? read.data : null;
}

/** Asked by the feed's own method, in words that are the same either way. */
function isPlain(query: PageChunk['query']): boolean {
  return query === undefined || (query.endpoint === undefined && ASCII.test(JSON.stringify(query)));
}
