import type { Answer } from '../http/answer.js';
import { listing, listPage } from '../http/listing.js';
import type { World } from '../world/world.js';
import type { MethodRules } from './access.js';

/** 300 calls a minute, 20 at once, all methods of seller warehouses together (WB docs). */
export const SELLER_WAREHOUSES_RULES: MethodRules = {
  name: 'seller-warehouses-list',
  host: 'marketplace',
  category: 'marketplace',
  intervalMs: (modes) => modes.marketplaceIntervalMs,
  burst: 20,
  baseBurst: 10,
  chargesErrors: true,
};

const OFFICE = 15;
const SMALL_GOODS = 1;
const DELIVERY = { marketplace: 1, seller: 2 } as const;

/** GET /api/v3/warehouses (WB docs): the seller's warehouses, without paging. */
export function sellerWarehouses(world: World): Answer {
  const rows = world.sellerWarehouses('wildberries').map(({ id, name, sellerDelivers, ...state }) => {
    const rest = {
      name,
      officeId: OFFICE,
      cargoType: SMALL_GOODS,
      deliveryType: sellerDelivers ? DELIVERY.seller : DELIVERY.marketplace,
      isDeleting: state.isDeleting,
      isProcessing: state.isProcessing,
    };
    return `{"id":${id},${JSON.stringify(rest).slice(1)}`;
  });
  return listing(listPage({ rows, isFirst: true, head: '[', tail: () => ']' }));
}
