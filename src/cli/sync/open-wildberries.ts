import type { LoadedConfig } from '../../../config/load.js';
import type { Feed } from '../../domain/feed.js';
import { openWildberriesClient } from '../../main.js';
import { wbCardsReader } from '../../marketplaces/wildberries/cards-reader.js';
import { wbFbsReader } from '../../marketplaces/wildberries/fbs-reader.js';
import { wbStockReader } from '../../marketplaces/wildberries/stock-reader.js';
import { supplierWarning, type WbToken } from '../../marketplaces/wildberries/token.js';
import type { FeedReader } from '../../ports/marketplace.js';
import { CHECK_WORDS } from '../check/check-words.js';
import { expiryLine, expiryOf } from '../check/haste.js';
import type { Locale } from '../words.js';
import { catalogueDue } from './catalogue-due.js';
import type { OpenSource, PlanRequest, SourceParts } from './opened-source.js';
import { fbsMethod, leftOut, type WbFeeds } from './wb-feeds.js';

type Client = ReturnType<typeof openWildberriesClient>;

/** The stock report has a limit of its own, and cards and FBS have theirs: two lanes. FBS asks for what cards name. */
export function openWildberries(loaded: LoadedConfig, parts: SourceParts): OpenSource {
  const client = openWildberriesClient(loaded, parts);
  const { supplierId, fbsStocks } = loaded.config.wildberries;
  const feeds: WbFeeds = {
    cards: client.token.has('content'),
    fbs: fbsMethod(fbsStocks, (category) => client.token.has(category)),
  };
  return {
    account: client.token.sid,
    warnings: [
      ...leftOut(feeds, fbsStocks, parts.locale),
      ...tokenWarnings(client.token, supplierId ?? undefined, parts.locale),
    ],
    retired: fbsStocks === 'off' ? [fbsFeed(client)] : [],
    plan: (request) => plan(client, feeds, loaded.config.sync.catalogueHours, request),
    close: () => client.close(),
  };
}

function fbsFeed(client: Client): Feed {
  const products = () => Promise.resolve({ asked: [], gone: [] });
  return wbFbsReader(client, { method: 'report', products }).feed;
}

function tokenWarnings(token: WbToken, supplierId: string | undefined, locale: Locale): readonly string[] {
  const words = CHECK_WORDS[locale];
  const expiry = expiryOf(new Date(token.expiresAt).toISOString(), Date.now());
  const isOther = supplierWarning(token, supplierId) !== undefined;
  return [
    ...(token.kind === 'base' ? [`${words.baseToken}. ${BASE_REMEDY[locale]}`] : []),
    ...(expiry?.isSoon === true ? expiryLine(expiry, words.tokenUntil, words.soon) : []),
    ...(isOther ? [words.otherSupplier(supplierId ?? '', token.sid)] : []),
  ];
}

/** Who runs `check` is told on the spot where tokens are made; a line in cron's mail must say so itself. */
const BASE_REMEDY: Readonly<Record<Locale, string>> = {
  ru: 'Создайте его в личном кабинете («Профиль → Интеграции по API») и запишите в WB_API_KEY',
  en: 'Make one in the seller account («Профиль → Интеграции по API») and set WB_API_KEY',
};

async function plan(
  client: Client,
  { cards, fbs }: WbFeeds,
  catalogueHours: number,
  { directory, fullResync, now }: PlanRequest,
): Promise<readonly (readonly FeedReader[])[]> {
  const second: FeedReader[] = [];
  /** Sizes that this run's cards name: those that are new are not in the tables yet. */
  const seen = new Set<string>();
  if (cards) {
    const feed = wbCardsReader(client, { from: null }).feed;
    const { watermark, cursor } = await directory.standing(feed);
    const whole = fullResync || cursor === null || catalogueDue(watermark, catalogueHours, now);
    const onSize = (id: string) => seen.add(id);
    second.push(wbCardsReader(client, { from: whole ? null : cursor, onSize }));
  }
  if (fbs !== null) {
    const { sid } = client.token;
    const reader: FeedReader = wbFbsReader(client, {
      method: fbs,
      products: async () => ({
        asked: [...new Set([...(await directory.current('wildberries', sid)), ...seen])],
        gone: await directory.removedButLive(reader.feed),
      }),
    });
    second.push(reader);
  }
  return second.length === 0 ? [[wbStockReader(client)]] : [[wbStockReader(client)], second];
}
