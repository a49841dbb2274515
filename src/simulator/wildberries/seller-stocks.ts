import { WB_AMOUNT_MAX, WB_CHRT_IDS_MAX } from '../bounds.js';
import { type Answer, type ApiRequest, Refusal } from '../http/answer.js';
import { int64Digits, isRecord, parseExact } from '../http/exact-json.js';
import { listing, listPage } from '../http/listing.js';
import type { SellerWarehouse } from '../world/types.js';
import type { World } from '../world/world.js';
import type { MethodRules } from './access.js';
import type { WbErrors } from './errors.js';

type Run = (request: ApiRequest) => Answer;

/** 300 calls a minute, 20 at once, reading and writing together (WB docs). */
export const STOCKS_RULES: MethodRules = {
  name: 'seller-stocks',
  host: 'marketplace',
  category: 'marketplace',
  intervalMs: (modes) => modes.marketplaceIntervalMs,
  burst: 20,
  baseBurst: 10,
  chargesErrors: true,
};

export const STOCKS_WRITE_RULES: MethodRules = { ...STOCKS_RULES, writes: true };

/** 10 calls a minute, 2 at once (WB docs). */
export const STOCKS_DELETE_RULES: MethodRules = {
  ...STOCKS_WRITE_RULES,
  name: 'seller-stocks-delete',
  intervalMs: (modes) => modes.stocksDeleteIntervalMs,
  burst: 2,
};

const NO_CONTENT: Answer = { status: 204, headers: {}, body: '' };

/** Which warehouse is meant, and the request's body, checked one after the other. */
class StockRequest {
  readonly warehouse: SellerWarehouse;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(
    request: ApiRequest,
    world: World,
    private readonly errors: WbErrors,
  ) {
    this.body = this.parse(request.text);
    const id = request.path.split('/').at(-1) ?? '';
    if (!/^\d+$/.test(id)) {
      this.refuse('IncorrectParameter', 'IncorrectParameter');
    }
    const found = world.sellerWarehouses('wildberries').find((one) => one.id === id);
    if (found === undefined) {
      throw new Refusal(errors.marketplace(404, 'NotFound', 'Not found'));
    }
    this.warehouse = found;
  }

  /** `chrtIds`; barcodes (`skus`) went on 2026-02-09. */
  chrtIds(): Set<string> {
    if ('skus' in this.body) {
      this.refuse(
        'SKUUploadDisabled',
        "Uploading stock is not allowed by 'sku'. Please use the 'chrtId' key",
      );
    }
    const { chrtIds } = this.body;
    if (!Array.isArray(chrtIds) || chrtIds.length === 0) {
      return this.refuse('IncorrectRequestBody', 'Incorrect required body');
    }
    if (chrtIds.length > WB_CHRT_IDS_MAX) {
      this.refuse('IncorrectRequest', 'Переданы некорректные данные');
    }
    return new Set(
      chrtIds.map((id) => int64Digits(id) ?? this.refuse('IncorrectRequestBody', 'Incorrect required body')),
    );
  }

  refuse(code: string, message: string): never {
    throw new Refusal(this.errors.marketplace(400, code, message));
  }

  private parse(text: string): Readonly<Record<string, unknown>> {
    try {
      const value = parseExact(text);
      return isRecord(value) ? value : this.refuse('IncorrectRequestBody', 'Incorrect required body');
    } catch (error) {
      if (error instanceof Refusal) {
        throw error;
      }
      return this.refuse('IncorrectRequestBody', 'Incorrect required body');
    }
  }
}

/** POST /api/v3/stocks/{warehouseId} (WB docs): a read. Sizes without a record in that warehouse are just absent. */
export function readStocks(world: World, errors: WbErrors): Run {
  return (request) => {
    const asked = new StockRequest(request, world, errors);
    const ids = asked.chrtIds();
    const rows = world.wildberries
      .all()
      .filter(({ chrtId }) => ids.has(chrtId))
      .flatMap(({ chrtId, amounts }) =>
        amounts
          .filter(({ warehouseId }) => warehouseId === asked.warehouse.id)
          .map(({ amount }) => `{"chrtId":${chrtId},"amount":${amount}}`),
      );
    return listing(listPage({ rows, isFirst: true, head: '{"stocks":[', tail: () => ']}' }));
  };
}

interface Wanted {
  readonly chrtId: string;
  readonly amount: number;
}

/** What of `stocks` can be understood: elements with other names are passed over in silence (seen live). */
function understood(stocks: readonly unknown[]): Wanted[] {
  return stocks.flatMap((one) => {
    const chrtId = isRecord(one) ? int64Digits(one.chrtId) : undefined;
    const amount = isRecord(one) ? one.amount : undefined;
    return chrtId !== undefined && typeof amount === 'number' && Number.isInteger(amount) && amount >= 0
      ? [{ chrtId, amount }]
      : [];
  });
}

/** PUT /api/v3/stocks/{warehouseId} (WB docs): 204 also where nothing came of it. */
export function putStocks(world: World, errors: WbErrors): Run {
  return (request) => {
    const { warehouse, body } = new StockRequest(request, world, errors);
    const wanted = understood(Array.isArray(body.stocks) ? body.stocks : []);
    if (warehouse.isProcessing || warehouse.isDeleting) {
      return errors.conflict('StoreIsProcessing', 'The store is processing', []);
    }
    const conflict = (code: string, message: string, wrong: Wanted | undefined): Answer | undefined =>
      wrong &&
      errors.conflict(code, message, [{ sku: '', chrtId: Number(wrong.chrtId), amount: wrong.amount }]);
    const unfit =
      conflict(
        'NotFound',
        'Not found',
        wanted.find(({ chrtId }) => !world.wildberries.size(chrtId)),
      ) ??
      conflict(
        'UploadDataLimit',
        'Upload limit exceeded.',
        wanted.find(({ amount }) => amount > WB_AMOUNT_MAX),
      );
    if (unfit !== undefined || wanted.length > WB_CHRT_IDS_MAX) {
      return unfit ?? errors.marketplace(400, 'IncorrectRequest', 'Переданы некорректные данные');
    }
    for (const { chrtId, amount } of wanted) {
      world.setStock('wildberries', chrtId, { scheme: 'fbs', warehouseId: warehouse.id, present: amount });
    }
    return NO_CONTENT;
  };
}

/** DELETE /api/v3/stocks/{warehouseId} (WB docs): the records are gone, not zero. */
export function deleteStocks(world: World, errors: WbErrors): Run {
  return (request) => {
    const asked = new StockRequest(request, world, errors);
    if (asked.warehouse.isProcessing || asked.warehouse.isDeleting) {
      return errors.marketplace(409, 'StoreIsProcessing', 'The store is processing');
    }
    for (const chrtId of asked.chrtIds()) {
      if (world.wildberries.size(chrtId) !== undefined) {
        world.removeStock('wildberries', chrtId, asked.warehouse.id);
      }
    }
    return NO_CONTENT;
  };
}
