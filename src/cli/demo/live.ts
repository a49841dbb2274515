import { setTimeout as delay } from 'node:timers/promises';
import { sourceName } from '../../domain/anomaly/wording.js';
import { EXIT, isAppError } from '../../errors.js';
import { secondsOf } from './screen.js';
import type { DemoParts, Stage } from './set-up.js';
import type { SyncDocument, SyncRunner } from './sync-run.js';

const HOUR_SECONDS = 30;

/** An hour of trade and a sync every half minute, a line for each, until the signal fires. */
export async function live(
  { screen, words, signal }: DemoParts,
  { shop, mailbox }: Stage,
  syncs: SyncRunner,
): Promise<void> {
  screen.step(words.steps.live);
  screen.say(words.goesOn(HOUR_SECONDS));
  syncs.isQuiet = true;
  mailbox.onNewMail(({ subject }) => screen.say(words.mailCame(subject)));
  while (!signal.aborted) {
    await delay(HOUR_SECONDS * 1000, undefined, { signal });
    shop.simulator.world.advance(1);
    try {
      const document = await syncs.run(signal);
      if (document.sources.length > 0)
        screen.say(
          `${words.liveLine(shop.clock, summary(document, words))} (${secondsOf(document.durationMs, screen.locale)})`,
        );
      tellTrouble(document, screen, words);
    } catch (error) {
      if (!isAppError(error) || signal.aborted) throw error;
      // Somebody may be trying what happens when a server is down.
      screen.trouble(error.message);
      if (error.remedy !== undefined) screen.detail(error.remedy);
    }
  }
}

function summary({ sources }: SyncDocument, words: DemoParts['words']): string {
  return sources
    .map(({ source, changes }) => {
      const { created = 0, updated = 0, closed = 0 } = changes ?? {};
      return words.liveChanges(sourceName(source), created + updated + closed);
    })
    .join(' · ');
}

function tellTrouble(document: SyncDocument, screen: DemoParts['screen'], words: DemoParts['words']): void {
  if (document.exitCode === EXIT.ok) return;
  const told = [document.error, ...document.sources.map(({ error }) => error)].filter(
    (error) => error !== null,
  );
  for (const { message, remedy } of told) {
    screen.trouble(words.syncFailed(document.exitCode, message));
    if (remedy !== null) screen.detail(remedy);
  }
}
