import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../../config/schema.js';
import type { Locale } from '../../domain/anomaly/wording.js';
import type { Board } from '../board/contract.js';
import { DOWNLOAD_FORMATS, productDownload } from '../export/download.js';
import { boardQueryOf, isSideBySide } from '../pages/products.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { LANGUAGE_COOKIE } from './frames.js';
import { cookieOf } from './sign-in.js';

/** Downloads under way at a time: each may hold back what has left the board meanwhile. */
const MOST_AT_ONCE = 8;
/** A reader who takes nothing for so long is hung up on: others wait for the place. */
const SILENCE_MS = 60_000;
const AGAIN_SECONDS = { loading: 5, busy: 30 } as const;

export interface DownloadOptions {
  readonly board: Board;
  readonly config: Pick<Config, 'locale' | 'timeZone'>;
  readonly mostAtOnce?: number | undefined;
  readonly silenceMs?: number | undefined;
}

/** /products.csv and /products.xlsx: exactly what the page with the same query shows, all of it. */
export function downloadRoutes(app: FastifyInstance, options: DownloadOptions): void {
  const { board, config, mostAtOnce = MOST_AT_ONCE, silenceMs = SILENCE_MS } = options;
  let open = 0;
  for (const format of DOWNLOAD_FORMATS) {
    app.get(`/products.${format}`, async (request, reply) => {
      const locale = localeOf(request, config.locale);
      if (board.loadedAt === null) return later(reply, locale, 'loading');
      if (open >= mostAtOnce) return later(reply, locale, 'busy');
      const { searchParams } = new URL(request.url, 'http://here.invalid');
      const query = boardQueryOf(searchParams);
      const products = isSideBySide(searchParams) ? board.allOfArticles(query) : board.all(query);
      const made = productDownload(format, products, { locale, timeZone: config.timeZone, now: Date.now() });
      open += 1;
      made.body.once('close', () => (open -= 1));
      reply.raw.setTimeout(silenceMs, () => reply.raw.destroy());
      return reply
        .type(made.contentType)
        .header('content-disposition', `attachment; filename="${made.fileName}"`)
        .header('cache-control', 'no-store')
        .send(made.body);
    });
  }
}

function later(reply: FastifyReply, locale: Locale, why: keyof typeof AGAIN_SECONDS): FastifyReply {
  return reply
    .code(503)
    .headers({ 'retry-after': String(AGAIN_SECONDS[why]), 'cache-control': 'no-store' })
    .type('text/plain; charset=utf-8')
    .send(`${DASHBOARD_WORDS[locale].products.notYet[why]}\n`);
}

function localeOf({ headers }: FastifyRequest, usual: Locale): Locale {
  const chosen = cookieOf(headers.cookie, LANGUAGE_COOKIE);
  return chosen === 'ru' || chosen === 'en' ? chosen : usual;
}
