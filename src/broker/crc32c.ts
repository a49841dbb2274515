const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
const SLICE = 256;
const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(SLICES * SLICE);
  for (let byte = 0; byte < SLICE; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = SLICE; at < table.length; at += 1) {
    const before = entry(table, at - SLICE);
    table[at] = entry(table, before & 0xff) ^ (before >>> 8);
  }
  return table;
}

function entry(table: Int32Array, at: number): number {
  return table[at] as number;
}

/**
 * CRC-32C (Castagnoli), eight bytes at a time.
 *
 * @param before of the bytes that come before these
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const table = TABLE;
  const byte = (at: number) => bytes[at] as number;
  const { length } = bytes;
  let crc = ~before;
  let at = 0;
  for (const end = length - (SLICES - 1); at < end; at += SLICES) {
    crc ^= byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
    crc =
      entry(table, 0x700 + (crc & 0xff)) ^
      entry(table, 0x600 + ((crc >>> 8) & 0xff)) ^
      entry(table, 0x500 + ((crc >>> 16) & 0xff)) ^
      entry(table, 0x400 + (crc >>> 24)) ^
      entry(table, 0x300 + byte(at + 4)) ^
      entry(table, 0x200 + byte(at + 5)) ^
      entry(table, 0x100 + byte(at + 6)) ^
      entry(table, byte(at + 7));
  }
  for (; at < length; at += 1) crc = entry(table, (crc ^ byte(at)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}
