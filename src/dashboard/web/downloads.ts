import type { FastifyInstance } from 'fastify';
import type { Config } from '../../../config/schema.js';
import type { Board } from '../board/contract.js';
import { DOWNLOAD_FORMATS, productDownload } from '../export/download.js';
import { boardQueryOf } from '../pages/products.js';
import { LANGUAGE_COOKIE } from './frames.js';
import { cookieOf } from './sign-in.js';

/** /products.csv and /products.xlsx: exactly what the page with the same query lists, all of it. */
export function downloadRoutes(
  app: FastifyInstance,
  { board, config }: { readonly board: Board; readonly config: Pick<Config, 'locale' | 'timeZone'> },
): void {
  for (const format of DOWNLOAD_FORMATS) {
    app.get(`/products.${format}`, async (request, reply) => {
      const { searchParams } = new URL(request.url, 'http://here.invalid');
      const chosen = cookieOf(request.headers.cookie, LANGUAGE_COOKIE);
      const locale = chosen === 'ru' || chosen === 'en' ? chosen : config.locale;
      const products = board.all(boardQueryOf(searchParams));
      const made = productDownload(format, products, { locale, timeZone: config.timeZone, now: Date.now() });
      return reply
        .type(made.contentType)
        .header('content-disposition', `attachment; filename="${made.fileName}"`)
        .header('cache-control', 'no-store')
        .send(made.body);
    });
  }
}
