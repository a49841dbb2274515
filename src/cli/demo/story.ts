import { sourceName } from '../../domain/anomaly/wording.js';
import { AppError } from '../../errors.js';
import { within } from '../../ops/deadline.js';
import type { ReceivedMail } from '../../simulator/smtp-sink.js';
import { WORDS } from '../words.js';
import { askPage, type DemoDashboard, openInBrowser, startDashboard } from './dashboard.js';
import { evening, type Goods, midday, morning } from './day.js';
import { totalsOf } from './findings.js';
import { live } from './live.js';
import {
  type DayEvents,
  type ReportParts,
  showChanges,
  showEvents,
  showMail,
  showPlaces,
  showQueries,
  showTruth,
} from './report.js';
import { secondsOf } from './screen.js';
import { type DemoParts, type Stage, setUp, startWorkers } from './set-up.js';
import { PRODUCTS } from './shop.js';
import { requireSuccess, type SyncDocument, SyncRunner } from './sync-run.js';

/** Two workers, each of which looks for due mail every five seconds; and a busy machine. */
const MAIL_MS = 60_000;
const FINDINGS_MS = 60_000;

/** The demo from its first line to its last. */
export class Story {
  #isTold = false;

  constructor(private readonly parts: DemoParts) {}

  /** Everything there is to see has been seen. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /**
   * Ends by itself only with `once`.
   *
   * @param open opens the dashboard on a desktop
   */
  async tell({ once, open }: { readonly once: boolean; readonly open: boolean }): Promise<void> {
    const { parts } = this;
    const { screen, words, folder } = parts;
    const startedAt = Date.now();
    screen.title(words.title, words.intro(PRODUCTS));
    const stage = await setUp(parts);
    await startWorkers(parts);
    const dashboard = await startDashboard(parts, stage);
    if (open && !once) openInBrowser(dashboard);
    const syncs = new SyncRunner(
      {
        envFile: folder.envFile,
        words: WORDS[screen.locale],
        onLine: (line) => screen.detail(line),
        onBusy: () => screen.trouble(words.busy),
      },
      parts.closers,
    );
    stage.mailbox.onNewMail(({ subject }) => screen.done(words.mailCame(subject)));
    const events = await this.#day(stage, syncs);
    const mail = await this.#dropMail(stage, events.seenIn);
    await within(FINDINGS_MS, this.#findings(stage, dashboard, { events, mail, once }), () => {
      return new AppError('TIMED_OUT', `MySQL has not answered in ${FINDINGS_MS / 1000} s`);
    });
    screen.closing(words.finished(secondsOf(Date.now() - startedAt, screen.locale)));
    this.#isTold = true;
    if (!once) await live(parts, stage, syncs);
  }

  /** Three reads with a day in between. */
  async #day({ shop, findings }: Stage, syncs: SyncRunner): Promise<DayEvents> {
    const { screen, words } = this.parts;
    const { world } = shop.simulator;
    screen.step(words.steps.day);
    const isNew = (await findings.inventory('ozon')).products === 0;
    const returned = morning(world, shop.calls);
    screen.say(`${words.hour(shop.clock)}. ${isNew ? words.firstRead : words.laterRead}`);
    if (returned) screen.say(words.returned);
    await this.#sync(syncs);

    const noon = midday(world, shop.calls);
    screen.say(`${words.hour(shop.clock)}. ${words.hoursPass(noon.hours)}`);
    if (noon.soldOut !== undefined) screen.say(words.soldOut(noon.soldOut));
    if (noon.vanished !== undefined) screen.say(words.vanished(noon.vanished));
    const goods = [noon.soldOut, noon.vanished].filter((one): one is Goods => one !== undefined);
    const second = await this.#sync(syncs);

    const totalOf = (source: 'ozon' | 'wildberries') =>
      totalsOf(world.truth(source, { fbs: true })).available;
    const totals = { ozon: totalOf('ozon'), wildberries: totalOf('wildberries') };
    const late = evening(world, shop.calls);
    screen.say(`${words.hour(shop.clock)}. ${words.hoursPass(late.hours)}`);
    screen.say(words.drop(sourceName(late.source)));
    const third = await this.#sync(syncs);
    const drop = {
      source: late.source,
      before: totals[late.source],
      after: totalOf(late.source),
    };
    return { goods, seenIn: [second, third].flatMap(snapshotsOf), drop };
  }

  async #sync(syncs: SyncRunner): Promise<SyncDocument> {
    const { screen, words, signal } = this.parts;
    const startedAt = Date.now();
    const document = requireSuccess(await syncs.run(signal));
    document.sources.forEach(({ source, rows, changes }, index) => {
      const { created = 0, updated = 0, closed = 0 } = changes ?? {};
      const name = sourceName(source);
      const text =
        created + updated + closed === 0
          ? words.nothingChanged(name, rows)
          : words.synced(name, { rows, created, updated, closed });
      screen.done(text, index === document.sources.length - 1 ? startedAt : undefined);
    });
    return document;
  }

  /** The mail about the sharp drop, told from others by the read that found it. */
  async #dropMail({ mailbox, findings }: Stage, seenIn: readonly string[]): Promise<ReceivedMail> {
    const { screen, words, folder } = this.parts;
    const startedAt = Date.now();
    screen.say(words.waitingForMail);
    const mail = new Promise<ReceivedMail>((resolve, reject) => {
      mailbox.onMail((one) => {
        const digestId = /^<([^@>]+)@/.exec(one.messageId)?.[1] ?? '';
        findings.tellsOfDrop(digestId, seenIn).then((tells) => tells && resolve(one), reject);
      });
    });
    const found = await within(
      MAIL_MS,
      mail,
      () =>
        new AppError('TIMED_OUT', `the mail about the sharp drop has not arrived in ${MAIL_MS / 1000} s`, {
          remedy: `read what the workers say in ${folder.logs}`,
        }),
    );
    screen.done(words.mailCame(found.subject), startedAt);
    return found;
  }

  async #findings(
    stage: Stage,
    dashboard: DemoDashboard,
    {
      events,
      mail,
      once,
    }: { readonly events: DayEvents; readonly mail: ReceivedMail; readonly once: boolean },
  ): Promise<void> {
    const { screen, words, folder } = this.parts;
    const { settings, findings, shop, servers } = stage;
    const report: ReportParts = { screen, words, loaded: settings, findings };
    screen.step(words.steps.findings);
    await showQueries(report);
    await showTruth(report, shop.simulator.world);
    await showEvents(report, events);
    await showChanges(report);
    showMail(report, mail, events);
    if (once) await askPage(this.parts, dashboard);
    const urls = { url: shop.simulator.url, dashboard: dashboard.url };
    showPlaces(report, { folder, ...urls, once, toStop: servers.toStop });
  }
}

function snapshotsOf({ sources }: SyncDocument): string[] {
  return sources.flatMap(({ snapshots }) => snapshots.flatMap(({ snapshotId }) => snapshotId ?? []));
}
