import { SOURCES, type Source } from '../../domain/stock-key.js';
import type { ProductName } from '../../store/product-settings.js';
import type { Page, PageRenderer, View } from '../web/view.js';

export interface Pages {
  readonly now: (view: View) => Promise<Page>;
  readonly products: (view: View) => Promise<Page>;
  readonly product: (view: View, source: Source, account: string, productId: string) => Promise<Page | null>;
  readonly anomalies: (view: View) => Promise<Page>;
  readonly pipeline: (view: View) => Promise<Page>;
}

/** Ids are checked here: what is no account or no number never reaches a statement. */
const PRODUCT = /^\/product\/(ozon|wildberries)\/([\w-]{1,64})\/(-?\d{1,19})$/;

export function pageRouter(pages: Pages): PageRenderer {
  return async (view) => {
    switch (view.path) {
      case '/':
        return pages.now(view);
      case '/products':
        return pages.products(view);
      case '/anomalies':
        return pages.anomalies(view);
      case '/pipeline':
        return pages.pipeline(view);
    }
    const asked = productAt(view.path);
    return asked === null ? null : pages.product(view, asked.source, asked.account, asked.productId);
  };
}

/** The product whose page has this path; null for any other path. */
export function productAt(path: string): ProductName | null {
  const [, name, account, productId] = PRODUCT.exec(path) ?? [];
  const source = SOURCES.find((one) => one === name);
  if (source === undefined || account === undefined || productId === undefined) return null;
  return { source, account, productId };
}
