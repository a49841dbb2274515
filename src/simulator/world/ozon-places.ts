import { intBetween, pick, type Random } from '../random.js';
import type { OzonScheme, OzonStock, ShipmentType } from './types.js';

/** Where a scheme's goods may lie, and how many places one product takes at most. */
const FBO_PLACES_MAX = 3;

interface OzonPlace {
  readonly id: string;
  readonly name: string;
  /** Ozon's cluster of warehouses, its number and name. */
  readonly cluster: readonly [id: string, name: string];
  readonly macrolocal: string;
}

/** Ozon's own warehouses. */
export const OZON_WAREHOUSES: readonly OzonPlace[] = [
  place('18044249781000', 'ХОРУГВИНО_РФЦ', '154', 'Москва, МО и Дальние регионы', '4039'),
  place('22142605386000', 'ПУШКИНО_2_РФЦ', '154', 'Москва, МО и Дальние регионы', '4039'),
  place('16584326116000', 'САНКТ_ПЕТЕРБУРГ_РФЦ', '2', 'Санкт-Петербург и СЗО', '4007'),
  place('1020000115166000', 'КАЗАНЬ_РФЦ_НОВЫЙ', '12', 'Казань', '4002'),
  place('1020000089903000', 'АДЫГЕЙСК_РФЦ', '17', 'Краснодар', '4071'),
  place('19262731541000', 'НОВОСИБИРСК_РФЦ_НОВЫЙ', '3', 'Новосибирск', '4004'),
];

/** A partner's warehouse, for fbp. */
const PARTNER_WAREHOUSE = '1020005090212000';

/** The seller's warehouses on Ozon at the start; the last one is rFBS. */
export const OZON_SELLER_WAREHOUSES = [
  { id: '1020003080073000', name: 'Основной склад', sellerDelivers: false },
  { id: '1020004017650000', name: 'Склад на Полевой', sellerDelivers: false },
  { id: '1020005000219000', name: 'Доставка от нас', sellerDelivers: true },
] as const;

function place(
  id: string,
  name: string,
  cluster: string,
  clusterName: string,
  macrolocal: string,
): OzonPlace {
  return { id, name, cluster: [cluster, clusterName], macrolocal };
}

/** A scheme's figures before they are put on warehouses. */
export interface SchemeFigures {
  readonly type: OzonScheme;
  readonly shipmentType: ShipmentType;
  readonly present: number;
  readonly reserved: number;
}

/** Where goods of a scheme lie if nobody says. */
export function usualPlace(type: OzonScheme): string {
  const [main, , rfbs] = OZON_SELLER_WAREHOUSES;
  switch (type) {
    case 'fbs':
      return main.id;
    case 'rfbs':
      return rfbs.id;
    case 'fbp':
      return PARTNER_WAREHOUSE;
    default:
      return OZON_WAREHOUSES[0]?.id ?? '';
  }
}

function placesFor(random: Random, type: OzonScheme): string[] {
  const [main, second] = OZON_SELLER_WAREHOUSES;
  if (type === 'fbs') {
    const draw = random();
    return draw < 0.45 ? [main.id] : draw < 0.65 ? [second.id] : [main.id, second.id];
  }
  if (type !== 'fbo') {
    return [usualPlace(type)];
  }
  const wanted = intBetween(random, 1, FBO_PLACES_MAX);
  const chosen = new Set<string>();
  while (chosen.size < wanted) {
    chosen.add(pick(random, OZON_WAREHOUSES).id);
  }
  return [...chosen];
}

/** Puts a scheme's figures on one to three warehouses; the sums stay what they were. */
export function spread(figures: SchemeFigures, random: Random): OzonStock[] {
  const { type, shipmentType, reserved } = figures;
  const places = placesFor(random, type);
  let left = figures.present;
  const rows = places.map((warehouseId, at) => {
    const present = at === places.length - 1 ? left : intBetween(random, 0, left);
    left -= present;
    return { type, shipmentType, warehouseId, present, reserved: 0 };
  });
  return settle(rows, figures.present, reserved);
}

function kind(row: OzonStock): string {
  return `${row.type} ${row.shipmentType}`;
}

/** The rows that one row of /v4/product/info/stocks sums up, in the order of their first. */
export function byKind(stocks: readonly OzonStock[]): OzonStock[][] {
  if (stocks.length < 2) {
    return stocks.length === 0 ? [] : [[...stocks]];
  }
  const groups = new Map<string, OzonStock[]>();
  for (const row of stocks) {
    const group = groups.get(kind(row));
    if (group === undefined) {
      groups.set(kind(row), [row]);
    } else {
      group.push(row);
    }
  }
  return [...groups.values()];
}

export function sumOf(rows: readonly OzonStock[], figure: 'present' | 'reserved'): number {
  return rows.reduce((sum, row) => sum + row[figure], 0);
}

/** What of `wanted` each row gives, from the fullest down; together at most what they have. */
function taken(rows: readonly OzonStock[], wanted: number, has: (row: OzonStock) => number): number[] {
  const parts = rows.map(() => 0);
  let left = wanted;
  const order = rows.map((_, at) => at).sort((a, b) => has(rows[b] as OzonStock) - has(rows[a] as OzonStock));
  for (const at of order) {
    const part = Math.max(0, Math.min(left, has(rows[at] as OzonStock)));
    parts[at] = part;
    left -= part;
  }
  return parts;
}

/** The same rows with other sums: what goes leaves the fullest warehouse first, what comes goes to the first one. */
export function settle(rows: readonly OzonStock[], present: number, reserved: number): OzonStock[] {
  let next = [...rows];
  const shift = (figure: 'present' | 'reserved', to: number, has: (row: OzonStock) => number): void => {
    const less = sumOf(next, figure) - to;
    const parts = less > 0 ? taken(next, less, has) : next.map((_, at) => (at === 0 && less < 0 ? less : 0));
    next = next.map((row, at) => (parts[at] ? { ...row, [figure]: row[figure] - (parts[at] ?? 0) } : row));
  };
  shift('reserved', Math.min(reserved, sumOf(next, 'reserved')), (row) => row.reserved);
  if (present < sumOf(next, 'present')) {
    const free = next.reduce((sum, row) => sum + Math.max(0, row.present - row.reserved), 0);
    shift('present', Math.max(present, sumOf(next, 'present') - free), (row) => row.present - row.reserved);
  }
  shift('present', present, (row) => row.present);
  const more = reserved - sumOf(next, 'reserved');
  if (more > 0) {
    const parts = taken(next, more, (row) => Math.max(0, row.present - row.reserved));
    const rest = more - parts.reduce((sum, part) => sum + part, 0);
    next = next.map((row, at) => ({
      ...row,
      reserved: row.reserved + (parts[at] ?? 0) + (at === 0 ? rest : 0),
    }));
  }
  return next;
}
