import type { Places } from '../../domain/snapshot.js';
import type { Scheme } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import type { SellerWarehouse } from './answers.js';
import type { OzonClient } from './client.js';
import { walkCursor } from './cursor-walk.js';

/** Which of the seller's warehouses are read one by one (OZON_WAREHOUSE_ID): none, all there are, or these ids. */
export type WarehouseChoice = null | 'all' | readonly string[];

/** A warehouse to read, and the scheme that its stock counts for. */
export interface ChosenWarehouse {
  readonly id: string;
  readonly scheme: 'fbs' | 'rfbs';
}

/** Shown as "В архиве" in the seller's account (Ozon docs, /v1/warehouse/list, `status`; /v2 lists no values). */
const ARCHIVED = /^disabled$/i;
/** A list of more warehouses than this is cut in messages. */
const MOST_NAMED = 20;

/** @throws AppError as every call; CONFIG_INVALID where an id is none of the account's warehouses */
export async function chooseWarehouses(
  client: Pick<OzonClient, 'warehouses' | 'paths'>,
  choice: 'all' | readonly string[],
  signal: AbortSignal,
): Promise<readonly ChosenWarehouse[]> {
  const known = new Map<string, SellerWarehouse>();
  const what = `Ozon POST ${client.paths['warehouse-list']}`;
  const pages = walkCursor(
    what,
    (cursor) => client.warehouses(cursor, signal),
    (page) => !page.hasNext,
  );
  for await (const page of pages) for (const warehouse of page.warehouses) known.set(warehouse.id, warehouse);
  const chosen = choice === 'all' ? [...known.values()].filter(isOpen) : named(choice, known);
  return chosen.map(({ id, isRfbs }) => ({ id, scheme: isRfbs ? 'rfbs' : 'fbs' }));
}

/**
 * Archived warehouses sell nothing and are left out of "all"; one that is named is read all the same. Warehouses
 * that are being set up, paused, blocked or faulty still hold what they hold, so they are read: what of it can be
 * sold is Ozon's to say, in `free_stock`. So is any status that nobody knows yet.
 */
function isOpen({ status }: SellerWarehouse): boolean {
  return !ARCHIVED.test(status);
}

function named(ids: readonly string[], known: ReadonlyMap<string, SellerWarehouse>): SellerWarehouse[] {
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return [...new Set(ids)].flatMap((id) => known.get(id) ?? []);
  const list = [...known.values()].slice(0, MOST_NAMED).map(({ id, name }) => `${id} "${name}"`);
  if (known.size > list.length) list.push('…');
  const there = list.length === 0 ? 'no warehouses' : list.join(', ');
  throw new AppError(
    'CONFIG_INVALID',
    `OZON_WAREHOUSE_ID: Ozon does not list ${unknown.join(', ')}; it lists ${there}`,
    {
      advice: {
        ru: {
          what: `В кабинете Ozon нет склада ${unknown.join(', ')}. Есть: ${list.length === 0 ? 'ни одного' : there}.`,
          remedy:
            'Укажите в OZON_WAREHOUSE_ID номера своих складов FBS и rFBS через запятую, all (все склады) или уберите ' +
            'эту настройку: тогда остатки читаются одной суммой на схему.',
        },
        en: {
          what: `The Ozon account has no warehouse ${unknown.join(', ')}. It has ${there}.`,
          remedy:
            'Set OZON_WAREHOUSE_ID to ids of your FBS and rFBS warehouses by commas, or to all, or leave it empty to ' +
            'read one total per scheme.',
        },
      },
    },
  );
}

/**
 * What of FBS and rFBS the snapshot covers. Where Ozon lists no open warehouse, nothing is said of places: the
 * totals of the main read stand in for what stood in warehouses until now, and if there are none either, the shrink
 * guard judges what is gone, instead of its being dropped without a word as no longer covered.
 */
export function sellerPlaces(
  choice: WarehouseChoice,
  chosen: readonly ChosenWarehouse[],
): Partial<Record<Scheme, Places>> {
  if (choice === null) return { fbs: 'total', rfbs: 'total' };
  if (chosen.length === 0) return {};
  const idsOf = (wanted: ChosenWarehouse['scheme']) =>
    chosen.filter(({ scheme }) => scheme === wanted).map(({ id }) => id);
  return { fbs: idsOf('fbs'), rfbs: idsOf('rfbs') };
}
