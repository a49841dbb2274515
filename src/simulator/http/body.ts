import type { IncomingMessage } from 'node:http';

/**
 * Reads a request body whole, as UTF-8.
 * @returns undefined when it is larger than `limit` bytes
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    size += bytes.length;
    if (size > limit) {
      return undefined;
    }
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString('utf8');
}
