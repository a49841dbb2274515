import { choice, paths, setting } from './setting.js';

/** Node's timers end at 2^31 − 1 milliseconds. */
export const LONGEST_WAIT = 2_147_483;

/** The methods whose paths may be set, by our names for them. */
const OZON_METHODS = [
  'product-stocks',
  'product-list',
  'product-info',
  'warehouse-list',
  'warehouse-stocks',
  'fbo-stocks',
  'analytics-stocks',
  'roles',
];
const WB_METHODS = [
  'wb-warehouses',
  'seller-warehouses',
  'cards',
  'warehouses',
  'fbs-stocks',
  'seller-info',
  'ping',
];

/** The settings of both marketplaces, a part of `schema`. */
export const marketplaces = {
  ozon: {
    clientId: setting('OZON_CLIENT_ID', 'digits', null, 'Client-Id of the Ozon Seller API.'),
    apiKey: setting(
      'OZON_API_KEY',
      'secret',
      null,
      'Api-Key of the Ozon Seller API, role "Product read-only".',
    ),
    warehouseId: setting(
      'OZON_WAREHOUSE_ID',
      'warehouse-ids',
      null,
      'Seller warehouses (FBS, rFBS) read one by one: ids by commas, or all; not set: one total per scheme.',
    ),
    fboStocks: choice(
      'OZON_FBO_STOCKS',
      ['total', 'warehouses', 'analytics'],
      'total',
      'FBO stock: total per product, or per warehouse by the beta method or by the analytics method.',
    ),
    apiUrl: setting(
      'OZON_API_URL',
      'http-url',
      'https://api-seller.ozon.ru',
      'Address of the Ozon Seller API.',
    ),
    maxRps: setting('OZON_MAX_RPS', 'decimal', 2, 'Most requests per second to Ozon.', {
      min: 0.01,
      max: 1000,
    }),
    paths: paths('OZON_PATHS', OZON_METHODS, 'Other paths of methods, name=/path by commas.'),
  },
  wildberries: {
    apiKey: setting('WB_API_KEY', 'secret', null, 'WB API token with Content, Analytics and Marketplace.'),
    supplierId: setting('WB_SUPPLIER_ID', 'text', null, 'Supplier id; compared with the token, else unused.'),
    fbsStocks: choice(
      'WB_FBS_STOCKS',
      ['auto', 'marketplace', 'report', 'off'],
      'auto',
      'FBS stock: by the marketplace API, by the analytics report, or not at all; auto: what the token allows.',
    ),
    commonApiUrl: setting(
      'WB_COMMON_API_URL',
      'http-url',
      'https://common-api.wildberries.ru',
      'Address of the WB common API.',
    ),
    contentApiUrl: setting(
      'WB_CONTENT_API_URL',
      'http-url',
      'https://content-api.wildberries.ru',
      'Address of the WB content API.',
    ),
    marketplaceApiUrl: setting(
      'WB_MARKETPLACE_API_URL',
      'http-url',
      'https://marketplace-api.wildberries.ru',
      'Address of the WB marketplace API.',
    ),
    analyticsApiUrl: setting(
      'WB_ANALYTICS_API_URL',
      'http-url',
      'https://seller-analytics-api.wildberries.ru',
      'Address of the WB seller analytics API.',
    ),
    stocksInterval: setting(
      'WB_STOCKS_INTERVAL',
      'seconds',
      20,
      'Seconds between two requests for the stock report of the WB warehouses (WB docs: 3 a minute, burst 1).',
      { min: 0, max: LONGEST_WAIT },
    ),
    tokenPrefix: choice(
      'WB_TOKEN_PREFIX',
      ['raw', 'bearer'],
      'raw',
      'How the token is sent: raw is the token alone, bearer puts "Bearer " before it.',
    ),
    paths: paths('WB_PATHS', WB_METHODS, 'Other paths of methods, name=/path by commas.'),
  },
};
