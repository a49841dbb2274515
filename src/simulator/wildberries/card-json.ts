import { randomFor, uuidFrom } from '../random.js';
import type { WbCard, WbSize } from '../world/types.js';

/** A card as answers show it: its own data, and those of its sizes that are shown. */
export interface ShownCard {
  readonly card: WbCard;
  readonly sizes: readonly WbSize[];
  readonly imtId: string;
  readonly subjectId: number;
}

/** Cards that are offered together; a number of its own that follows from `nmID`. */
export function imtIdOf(nmId: string): string {
  return String(BigInt(nmId) + 1_000_000n);
}

export function subjectIdOf(subject: string): number {
  return [...subject].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 9_000, 7) + 100;
}

/** As Go writes times: no zeroes at the end of the fraction, and none at all where it is zero. */
export function cardTime(at: number): string {
  return new Date(at).toISOString().replace(/\.?0+Z$/, 'Z');
}

function photos(nmId: string): object[] {
  const url = (size: string): string => `https://basket-10.example/vol1/part1/${nmId}/images/${size}/1.webp`;
  return [
    {
      big: url('big'),
      c246x328: url('c246x328'),
      c516x688: url('c516x688'),
      square: url('square'),
      tm: url('tm'),
    },
  ];
}

export function cardJson({ card, sizes, imtId, subjectId }: ShownCard): string {
  const [first] = sizes;
  const rest = {
    nmUUID: uuidFrom(randomFor(7, 'nm-uuid', card.nmId)),
    subjectID: subjectId,
    subjectName: first?.subject ?? '',
    vendorCode: first?.vendorCode ?? '',
    brand: first?.brand ?? '',
    title: first?.name ?? '',
    description: `${first?.name ?? ''}. ${first?.category ?? ''}.`,
    needKiz: false,
    kizMarked: false,
    ...(card.hasPhoto ? { photos: photos(card.nmId) } : {}),
    wholesale: { enabled: false, quantum: 0 },
    dimensions: { length: 30, width: 20, height: 10, weightBrutto: 0.7, isValid: true },
    characteristics: [{ id: 14_177_449, name: 'Цвет', value: ['синий'] }],
    tags: [],
    createdAt: cardTime(card.createdAt),
    updatedAt: cardTime(card.updatedAt),
  };
  const sizesJson = sizes.map(
    ({ chrtId, techSize, barcodes }) =>
      `{"chrtID":${chrtId},"techSize":${JSON.stringify(techSize)},` +
      `"wbSize":${JSON.stringify(techSize === '0' ? '' : techSize)},"skus":${JSON.stringify(barcodes)}}`,
  );
  return (
    `{"nmID":${card.nmId},"imtID":${imtId},${JSON.stringify(rest).slice(1, -1)},` +
    `"sizes":[${sizesJson.join(',')}]}`
  );
}
