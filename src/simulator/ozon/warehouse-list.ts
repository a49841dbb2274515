import { OZON_WAREHOUSES_MAX } from '../bounds.js';
import { type Answer, type ApiRequest, Refusal } from '../http/answer.js';
import type { SellerWarehouse } from '../world/types.js';
import type { World } from '../world/world.js';
import { ozonInvalid } from './errors.js';
import { fieldsOf } from './proto.js';
import { rowPage } from './row-paging.js';

const REQUEST = 'WarehouseListV2Request';

function rest(warehouse: SellerWarehouse): object {
  const opened = new Date(warehouse.createdAt).toISOString();
  return {
    name: warehouse.name,
    status: warehouse.status,
    warehouse_type: warehouse.sellerDelivers ? 'rfbs' : 'fbs',
    is_rfbs: warehouse.sellerDelivers,
    is_express: false,
    is_kgt: false,
    is_comfort: false,
    is_auto_assembly: false,
    is_waybill_enabled: false,
    has_entrusted_acceptance: false,
    has_postings_limit: false,
    postings_limit: -1,
    min_postings_limit: 10,
    with_item_list: false,
    carriage_label_type: 'BIG',
    address_info: {
      address: 'Россия, г. Подольск, ул. Полевая, 7',
      latitude: 55.4312,
      longitude: 37.5457,
      utc: 'UTC+03:00',
    },
    phone: '+7(900)000-00-00',
    courier_phones: [],
    courier_comment: '',
    first_mile: {
      type: 'PICK_UP',
      dropoff_point_id: '0',
      timeslot_id: 0,
      timeslot_from: '10:00',
      timeslot_to: '14:00',
      first_mile_is_changing: false,
    },
    cut_in_time: 840,
    sla_cut_in: 0,
    timetable: { timetable_from: opened, timetable_to: opened, working_hours: [] },
    working_days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
    pause_at: null,
    created_at: opened,
    updated_at: new Date(warehouse.updatedAt).toISOString(),
  };
}

/** POST /v2/warehouse/list (Ozon docs): the seller's FBS and rFBS warehouses, no others. */
export function warehouseList(world: World): (request: ApiRequest) => Answer {
  return (request) => {
    const fields = fieldsOf(request.text);
    const limit = fields.integer('limit');
    const wanted = new Set(fields.ids('warehouse_ids'));
    if (limit < 1 || limit > OZON_WAREHOUSES_MAX) {
      throw new Refusal(
        ozonInvalid(`invalid ${REQUEST}.Limit: value must be inside range [1, ${OZON_WAREHOUSES_MAX}]`),
      );
    }
    if (wanted.size > OZON_WAREHOUSES_MAX) {
      throw new Refusal(
        ozonInvalid(
          `invalid ${REQUEST}.WarehouseIds: value must contain no more than ${OZON_WAREHOUSES_MAX} item(s)`,
        ),
      );
    }
    const rows = world
      .sellerWarehouses('ozon')
      .filter(({ id }) => wanted.size === 0 || wanted.has(id))
      .map((warehouse) => ({
        productId: '0',
        warehouseId: warehouse.id,
        json: () => `{"warehouse_id":${warehouse.id},${JSON.stringify(rest(warehouse)).slice(1)}`,
      }));
    return rowPage('warehouses', rows, fields.string('cursor'), limit);
  };
}
