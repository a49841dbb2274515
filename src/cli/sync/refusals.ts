import type { Broker } from '../../broker/broker.js';
import type { Source } from '../../domain/stock-key.js';
import { messageOf } from '../../errors.js';
import type { Installation } from '../../main.js';
import { createFeedHealth } from '../../store/feed-health.js';
import { Drain } from '../monitor/drain.js';
import { observationRecords, refusal } from '../monitor/observations.js';
import { liveMembers, tellSyncEvents } from '../monitor/pipe.js';
import { shopOf } from './shop.js';

/**
 * Keys and tokens that a run could not even try: no snapshot fails of them, and so the rules are told by an
 * observation. Of a source of which nothing was ever read, under a token that names nobody, nothing can be told.
 */
export class Refusals {
  #isTold = false;

  constructor(
    private readonly installation: Installation,
    private readonly broker: Broker,
  ) {}

  /** Never throws: what could not be told now is told by the next run. */
  async tell(source: Source, error: unknown): Promise<void> {
    const { loaded, prefix, logger } = this.installation;
    try {
      const health = createFeedHealth(await this.installation.database());
      const { account } = await shopOf(loaded, source, (of) => health.lastAccount(of));
      if (account === null) return;
      const event = refusal({ source, account, reason: messageOf(error), now: Date.now() });
      await tellSyncEvents(this.broker, prefix, observationRecords([event], prefix));
      this.#isTold = true;
    } catch (failure) {
      logger.warn({ source }, `the refused key could not be told to the rules: ${messageOf(failure)}`);
    }
  }

  /** Alerts and mail of what was told, where no worker lives. Never throws. */
  async drain(signal: AbortSignal): Promise<void> {
    if (!this.#isTold) return;
    const { logger, prefix } = this.installation;
    try {
      const drain = new Drain(this.installation, await liveMembers(this.broker, prefix), signal);
      await drain.finish();
    } catch (failure) {
      logger.warn({}, `alerts and mail are left to the next run: ${messageOf(failure)}`);
    }
  }
}
