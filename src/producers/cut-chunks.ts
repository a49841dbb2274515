import { AppError } from '../errors.js';

export interface ChunkLimits {
  /** Most rows in a chunk (BATCH_SIZE). */
  readonly rows: number;
  /** Most bytes of UTF-8 that the chunk's rows and the commas between them may have. */
  readonly bytes: number;
}

/** Rows `from` up to, not including, `to` of a page. */
export interface ChunkRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Where to cut a page between rows. A page without rows is one chunk without rows: it says that the list was empty.
 *
 * @throws AppError API_BAD_ANSWER where one row alone is larger than a chunk
 */
export function cutChunks(rows: readonly string[], limits: ChunkLimits): ChunkRange[] {
  const chunks: ChunkRange[] = [];
  let from = 0;
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const size = Buffer.byteLength(row);
    if (size > limits.bytes) throw tooLarge(index, size, limits.bytes);
    if (index > from && (index - from >= limits.rows || bytes + 1 + size > limits.bytes)) {
      chunks.push({ from, to: index });
      from = index;
      bytes = 0;
    }
    bytes += (index > from ? 1 : 0) + size;
  }
  chunks.push({ from, to: rows.length });
  return chunks;
}

function tooLarge(index: number, size: number, limit: number): AppError {
  return new AppError(
    'API_BAD_ANSWER',
    `row ${index + 1} of the page has ${size} bytes, a record holds ${limit}: the snapshot cannot be written`,
    {
      remedy: 'No stock row is this large: look at what the marketplace sends.',
      facts: { row: index + 1, size },
    },
  );
}
