import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { provision } from '../../../engines/provision.js';
import { messageOf } from '../../../src/errors.js';
import { type LiveReader, startLiveReader } from '../checker/live-reader.js';
import { Installation, type InstallationOptions } from './installation.js';
import { MailSink } from './mail-sink.js';
import { type Fault, Round } from './round.js';
import { seeded } from './seeded.js';
import { Servers, type ServersOptions } from './servers.js';
import { settle } from './settle.js';
import { Shop } from './shop.js';
import { type Verdict, verdict } from './verdict.js';
import { bundleWorker } from './worker-bundle.js';
import { Workers } from './workers.js';

/** What became of one round. */
export interface RoundReport {
  readonly fault: string;
  readonly seed: number;
  readonly schedule: readonly string[];
  /** What is not as it must be; empty where all is. */
  readonly differences: readonly string[];
  /** What the checker counted. */
  readonly figures: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** An installation with everything around it that a round needs. */
interface Site {
  readonly mails: string;
  readonly installation: Installation;
  readonly shop: Shop;
  readonly workers: Workers;
}

/** Servers of its own, and one installation after another on them in which faults are played and judged. */
export class ChaosLab {
  #site: Site | undefined;
  #sites = 0;

  private constructor(
    readonly dir: string,
    readonly servers: Servers,
    readonly sink: MailSink,
    private readonly workerEntry: string,
    private readonly options: InstallationOptions,
  ) {}

  static async start(dir: string, options: InstallationOptions & ServersOptions = {}): Promise<ChaosLab> {
    mkdirSync(dir, { recursive: true });
    await provision();
    const [servers, sink, entry] = await Promise.all([
      Servers.start(dir, options),
      MailSink.start(),
      bundleWorker(),
    ]);
    return new ChaosLab(dir, servers, sink, entry, options);
  }

  /** The next round begins with empty tables and topics. */
  async renew(): Promise<void> {
    const site = this.#site;
    this.#site = undefined;
    if (site === undefined) return;
    await site.workers.killAll();
    await site.shop.close();
    await site.installation.remove();
  }

  /**
   * Plays faults one after the other, lets things settle, and judges. Never throws for what the pipeline did wrong.
   *
   * @param watched a conforming client reads the changes while the faults go on, and must have seen the same
   */
  async play(faults: readonly Fault[], seed: number, watched = false): Promise<RoundReport> {
    const begun = Date.now();
    const spoils = faults.some((fault) => fault.spoils === true);
    // What is broken for good is broken by itself, and left behind.
    if (spoils) await this.renew();
    const site = (this.#site ??= await this.#open());
    const { installation, shop, workers } = site;
    shop.reseed(seeded(seed));
    const round = new Round(this.servers, this.sink, installation, shop, workers, seeded(seed + 500_000));
    const reader = watched ? await this.#watch(site) : null;
    const differences: string[] = [];
    for (const fault of faults) differences.push(...(await this.#strike(fault, round)));
    await shop.publishGood();
    const judged = await this.#judge(site, reader);
    if (spoils) await this.renew();
    return {
      fault: faults.map(({ name }) => name).join(', '),
      seed,
      schedule: round.schedule,
      differences: [...differences, ...judged.differences],
      figures: judged.figures,
      seconds: (Date.now() - begun) / 1000,
    };
  }

  /** One fault; afterwards all workers are gone and the servers are well. Answers what went wrong meanwhile. */
  async #strike(fault: Fault, round: Round): Promise<string[]> {
    const { workers } = round;
    const differences: string[] = [];
    round.note(`--- ${fault.name}`);
    try {
      await fault.play(round);
    } catch (error) {
      differences.push(`the fault did not end well: ${messageOf(error)}`);
    }
    for (const { lines, ending } of workers.failed())
      differences.push(`a worker gave up (code ${ending?.code}): ${lines.slice(-6).join(' | ')}`);
    if (differences.length > 0) differences.push(...workers.lastLines(12));
    differences.push(...workers.leaks.map((line) => `a secret in a log: ${line}`));
    await workers.killAll();
    workers.forget();
    this.sink.setFault(null);
    await this.servers.heal();
    return differences;
  }

  #watch({ installation }: Site): Promise<LiveReader> {
    const file = observedIn(installation);
    return startLiveReader({ brokers: this.servers.brokers, prefix: installation.name, file });
  }

  async #judge({ installation, shop, mails }: Site, reader: LiveReader | null): Promise<Verdict> {
    const differences: string[] = [];
    const { trouble, unclearMails } = await settle(installation);
    if (trouble !== null) differences.push(`not everything went through: ${trouble}`);
    for (const id of unclearMails) this.sink.lostAnswers.add(id);
    differences.push(...(await unended(installation, shop)));
    await reader?.stop().catch((error: unknown) => differences.push(messageOf(error)));
    const observed = reader === null ? undefined : observedIn(installation);
    const judged = await verdict(installation, this.sink, { mails, observed });
    return { figures: judged.figures, differences: [...differences, ...judged.differences] };
  }

  async #open(): Promise<Site> {
    this.#sites += 1;
    const folder = join(this.dir, `installation-${this.#sites}`);
    const installation = await Installation.create(this.servers, this.sink, folder, this.options);
    const mails = join(folder, 'mails.ndjson');
    this.sink.writeTo(mails);
    const shop = new Shop(installation, seeded(1));
    return { installation, shop, mails, workers: new Workers(installation, this.workerEntry) };
  }

  async stop(): Promise<void> {
    await this.renew().catch(() => undefined);
    await this.sink.close();
    await this.servers.stop();
  }
}

const observedIn = ({ folder }: Installation): string => join(folder, 'observed.ndjson');

/** Snapshots that were acknowledged to their end and have none in the tables: lost. */
async function unended(installation: Installation, shop: Shop): Promise<string[]> {
  const db = await installation.db();
  const rows = await db.query("SELECT snapshot_id FROM snapshots WHERE status <> 'open'");
  const ended = new Set(rows.map((row) => String(row.snapshot_id)));
  const lost = shop.acknowledged.filter((id) => !ended.has(id));
  return lost.length === 0
    ? []
    : [`${lost.length} acknowledged snapshots have no end: ${lost.slice(0, 3).join(', ')}`];
}
