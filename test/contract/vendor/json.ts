import { z } from 'zod';

/** Integers of 16 digits and more come as `{$long}`: a double might not hold them. */
export function parseLong(text: string): unknown {
  const tokens = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
  return JSON.parse(
    text.replace(tokens, (token) => (token.startsWith('"') ? token : `{"$long":"${token}"}`)),
  );
}

/** A 64-bit integer written as a JSON number, however long. */
export const int64 = z.union([z.int(), z.strictObject({ $long: z.string().regex(/^-?\d{16,19}$/) })]);
/** The same for counts, which are never below zero. */
export const count64 = z.union([
  z.int().nonnegative(),
  z.strictObject({ $long: z.string().regex(/^\d{16,19}$/) }),
]);
export const count32 = z.int32().nonnegative();
export const time = z.iso.datetime();
