import { AppError } from '../../errors.js';
import { isRecord } from '../http/exact-json.js';
import type { PlantedRow, Source, StockPatch, TruthOptions } from '../world/types.js';

function bad(what: string): AppError {
  return new AppError('USAGE', `simulator control: ${what}`);
}

/** Fields of a control request, checked one by one. */
export class ControlInput {
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(text: string, query: URLSearchParams) {
    let body: unknown = {};
    if (text.trim() !== '') {
      try {
        body = JSON.parse(text);
      } catch {
        throw bad('the body is not JSON');
      }
    }
    if (!isRecord(body)) {
      throw bad('the body must be a JSON object');
    }
    this.fields = { ...Object.fromEntries(query), ...body };
  }

  source(): Source {
    const { source } = this.fields;
    if (source === 'ozon') {
      return 'ozon';
    }
    if (source === 'wildberries' || source === 'wb') {
      return 'wildberries';
    }
    throw bad('"source" must be ozon or wildberries');
  }

  number(name: string): number {
    const value = this.fields[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw bad(`"${name}" must be a number`);
    }
    return value;
  }

  id(name: string): string {
    return this.optionalId(name) ?? missing(name);
  }

  optionalId(name: string): string | undefined {
    const value = this.fields[name];
    if (value !== undefined && typeof value !== 'string' && typeof value !== 'number') {
      throw bad(`"${name}" must be an id`);
    }
    return value === undefined ? undefined : String(value);
  }

  /** True or false; also as text, for what comes in the query. */
  flag(name: string): boolean | undefined {
    const value = this.fields[name];
    if (value === undefined || value === true || value === false) {
      return value;
    }
    if (value === 'true' || value === 'false') {
      return value === 'true';
    }
    throw bad(`"${name}" must be true or false`);
  }

  flags<Name extends string>(names: readonly Name[]): Partial<Record<Name, boolean>> {
    const found: Partial<Record<Name, boolean>> = {};
    for (const name of names) {
      const value = this.flag(name);
      if (value !== undefined) {
        found[name] = value;
      }
    }
    return found;
  }

  texts<Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> {
    const found: Partial<Record<Name, string>> = {};
    for (const name of names) {
      const value = textField(this.fields, name);
      if (value !== undefined) {
        found[name] = value;
      }
    }
    return found;
  }

  truthOptions(): TruthOptions {
    const { sellerWarehouses, fbo, fbs } = this.fields;
    if (fbo !== undefined && fbo !== 'total' && fbo !== 'warehouses' && fbo !== 'analytics') {
      throw bad('"fbo" must be total, warehouses or analytics');
    }
    const own = fbs === 'report' ? fbs : this.flag('fbs');
    const places = typeof sellerWarehouses === 'string' ? sellerWarehouses : undefined;
    return {
      ...(places === undefined ? {} : { sellerWarehouses: places === 'all' ? places : places.split(',') }),
      ...(fbo === undefined ? {} : { fbo }),
      ...(own === undefined ? {} : { fbs: own }),
    };
  }

  rows(): PlantedRow[] {
    const { rows } = this.fields;
    if (!Array.isArray(rows)) {
      throw bad('"rows" must be a list');
    }
    return rows.map((row: unknown) => {
      if (!isRecord(row)) {
        throw bad('every row must be an object');
      }
      return {
        ...placeOf(row),
        ...figuresOf(row),
        productId: textField(row, 'productId') ?? missing('productId'),
      };
    });
  }

  patch(): StockPatch {
    const { scheme, shipmentType, warehouseId } = placeOf(this.fields);
    return {
      ...(scheme === undefined ? {} : { scheme }),
      ...(shipmentType === undefined ? {} : { shipmentType }),
      ...(warehouseId === undefined ? {} : { warehouseId }),
      ...figuresOf(this.fields),
    };
  }
}

function missing(name: string): never {
  throw bad(`"${name}" is missing`);
}

function textField(row: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = row[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw bad(`"${name}" must be text`);
  }
  return String(value);
}

const PLACES = [
  'offerId',
  'name',
  'scheme',
  'shipmentType',
  'warehouseId',
  'warehouseName',
  'regionName',
  'nmId',
] as const;
const FIGURES = ['present', 'reserved', 'free', 'inWayToClient', 'inWayFromClient'] as const;

function placeOf(row: Readonly<Record<string, unknown>>): Partial<Record<(typeof PLACES)[number], string>> {
  const place: Partial<Record<(typeof PLACES)[number], string>> = {};
  for (const name of PLACES) {
    const value = textField(row, name);
    if (value !== undefined) {
      place[name] = value;
    }
  }
  return place;
}

function figuresOf(
  row: Readonly<Record<string, unknown>>,
): Partial<Record<(typeof FIGURES)[number], number>> {
  const figures: Partial<Record<(typeof FIGURES)[number], number>> = {};
  for (const name of FIGURES) {
    const value = row[name];
    if (typeof value === 'number') {
      figures[name] = value;
    } else if (value !== undefined) {
      throw bad(`"${name}" must be a number`);
    }
  }
  return figures;
}
