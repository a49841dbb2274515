import { addAbortSignal, type Readable } from 'node:stream';

/** Room for an answer whose length is not known; most pages fit. */
const USUAL = 1024 * 1024;

/**
 * All bytes of a stream in one piece. They are put in their place as they come: a list of chunks joined at the end
 * would hold a large answer twice.
 *
 * @param expected how many bytes there will be, where that was announced; it may be wrong
 * @param most more than this are never made room for at once; the stream itself must end beyond it
 * @throws what the stream fails with, also by the signal
 */
export async function readBody(
  stream: Readable,
  { expected, most }: { readonly expected: number | undefined; readonly most: number },
  signal: AbortSignal,
): Promise<Buffer> {
  let bytes = Buffer.allocUnsafeSlow(Math.min(expected ?? USUAL, most));
  let length = 0;
  for await (const chunk of addAbortSignal(signal, stream) as AsyncIterable<Buffer>) {
    if (length + chunk.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, length + chunk.length));
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    chunk.copy(bytes, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}
