import { intBetween, pick, type Random } from '../random.js';
import { type Adjective, BRANDS, COLOURS, ENDINGS, type Gender, KINDS } from './words.js';

/** What both marketplaces would call the same thing: a name, an article, a brand, a category. */
interface Goods {
  readonly name: string;
  /** The seller's article, unique by its running number: `KR-350-SIN-00012`. */
  readonly article: string;
  readonly brand: string;
  readonly category: string;
  readonly subject: string;
  readonly sizes: readonly string[];
}

function agree([stem, ending]: Adjective, gender: Gender): string {
  return stem + ENDINGS[ending][gender];
}

/** Invents goods number `index`. Never the same article twice for different indexes. */
export function inventGoods(random: Random, index: number): Goods {
  const kind = pick(random, KINDS);
  const [colour, colourCode] = pick(random, COLOURS);
  const measure = pick(random, kind.measures);
  const material = agree(pick(random, kind.materials), kind.gender);
  const measureCode = measure.replace(/\D+/g, '') || 'B';
  return {
    name: `${kind.word} ${material} ${measure}, ${agree(colour, kind.gender)}`,
    article: `${kind.code}-${measureCode}-${colourCode}-${String(index).padStart(5, '0')}`,
    brand: pick(random, BRANDS),
    category: kind.category,
    subject: kind.word,
    sizes: kind.sizes ?? ['0'],
  };
}

/** EAN-13 of the range for use inside a company (prefix 2), with its check digit. */
export function inventBarcode(random: Random, index: number): string {
  const digits = `2${String(intBetween(random, 0, 999)).padStart(3, '0')}${String(index).padStart(8, '0').slice(-8)}`;
  const sum = [...digits].reduce(
    (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** Articles as some sellers really write them: blanks, quotes, our own separators, letters outside the BMP. */
const HOSTILE_ARTICLES = [
  'арт. №%: "синий"\\1/2',
  'ozon:42:%:fbo',
  '  %  с пробелами  ',
  '000%',
  "Robert'); DROP TABLE goods;--%",
  '🐈 котик %',
  'İstanbul ß %',
  '<b>%</b>&amp;',
] as const;

/** Three in a row out of forty: among three of {@link hostileId} there are always two with the same double. */
export function isHostile(index: number): boolean {
  return index % 40 >= 1 && index % 40 <= 3;
}

export function hostileArticle(index: number): string {
  const pattern = HOSTILE_ARTICLES[index % HOSTILE_ARTICLES.length] ?? '%';
  return pattern.replace('%', String(index));
}

/**
 * Ids whose nearest double is another number: 9007199254740995 and …997 both become …996 when read as a
 * JavaScript number, so a reader that does so merges two products.
 */
export function hostileId(index: number): string {
  return (9_007_199_254_740_993n + BigInt(index) * 2n).toString();
}
