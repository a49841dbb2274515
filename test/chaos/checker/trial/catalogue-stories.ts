import type { LogRecord } from '../../../../src/ports/log-records.js';
import type { Random } from '../../../support/random.js';
import {
  asked,
  card,
  described,
  listed,
  OZON_LIST,
  type Page,
  RawPartition,
  WB_CARDS,
} from '../../../support/raw-log.js';

const MINUTE = 60_000;

/** Some reads of both catalogues, whole and partial, sound and with holes, growing and shrinking. */
export function catalogueStory(random: Random): readonly LogRecord[] {
  const log = new RawPartition();
  for (let read = 0; read < 5; read += 1) {
    log.wait(random.int(1, 90) * MINUTE);
    const ids = [1, 2, 3, 4, 5, 6].filter(() => random.int(0, 3) > 0);
    const limits = { absenceLimit: 0.5, absenceMin: random.int(1, 4) };
    const acceptAbsences = random.int(0, 3) === 0;
    if (random.int(0, 1) === 0) {
      const info = asked(
        { endpoint: 'product-info', productIds: ids.map(String) },
        ...ids.map((id) => described(id, `Товар ${id} v${random.int(1, 2)}`)),
      );
      const pages: Page[] = [ids.map((id) => listed(id)), info];
      write(log, random, OZON_LIST, pages, { limits, acceptAbsences });
    } else {
      const cards = ids.map((id) =>
        card(id * 10, `WB-${id}`, `Карточка ${random.int(1, 2)}`, [id, 'M'], [id + 10, 'L']),
      );
      const partial = random.int(0, 2) === 0;
      const scope = { schemes: [], ...(partial ? { partial } : {}) };
      write(log, random, WB_CARDS, [cards.slice(0, 3), cards.slice(3)], { limits, acceptAbsences, scope });
    }
  }
  return log.records;
}

type Options = NonNullable<Parameters<RawPartition['whole']>[2]>;

function write(
  log: RawPartition,
  random: Random,
  feed: typeof OZON_LIST,
  pages: readonly Page[],
  options: Options,
): void {
  switch (random.int(0, 5)) {
    case 0:
      log.fail(feed, log.start(feed, options));
      return;
    case 1: {
      const id = log.start(feed, options);
      for (const [index, page] of pages.slice(1).entries()) log.chunk(feed, id, index + 1, page);
      log.complete(feed, id, { pages: pages.length, rows: 99 });
      return;
    }
    case 2: {
      const id = log.start(feed, options);
      log.chunk(feed, id, 1, [...(pages[0] as readonly unknown[]), { product_id: 'no number', nmID: 0 }]);
      log.complete(feed, id, { pages: 1, rows: (pages[0] as readonly unknown[]).length + 1 });
      return;
    }
    default:
      log.whole(feed, pages, options);
  }
}
