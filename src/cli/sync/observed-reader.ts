import type { FeedReader, FeedWalk, FetchedPage } from '../../ports/marketplace.js';
import type { Teller } from './teller.js';

/** A reader that says when its walk begins and ends. */
export function observedReader(reader: FeedReader, tell: Pick<Teller, 'began' | 'ended'>): FeedReader {
  const { feed } = reader;
  return {
    feed,
    async open(signal) {
      tell.began?.(feed);
      let walk: FeedWalk;
      try {
        walk = await reader.open(signal);
      } catch (error) {
        tell.ended?.(feed, false);
        throw error;
      }
      return {
        scope: walk.scope,
        pages: (stop) => watched(walk.pages(stop), (whole) => tell.ended?.(feed, whole)),
        cursor: () => walk.cursor?.(),
      };
    },
  };
}

async function* watched(
  pages: AsyncIterable<FetchedPage>,
  ended: (whole: boolean) => void,
): AsyncGenerator<FetchedPage> {
  let whole = false;
  try {
    yield* pages;
    whole = true;
  } finally {
    ended(whole);
  }
}
