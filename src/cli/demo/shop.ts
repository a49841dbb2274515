import { freePorts, portIsFree } from '../../../engines/ports.js';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type ReceivedMail, type SmtpSink, startSmtpSink } from '../../simulator/smtp-sink.js';
import type { DemoFolder } from './folder.js';
import { hoursIn, recordChanges, replay, type ShopCall, withCall } from './journal.js';
import { WB_INTERVAL_SECONDS } from './settings.js';

/** Products on each marketplace. */
export const PRODUCTS = 2_000;
const SEED = 2025;
/** A shop with fewer pieces than this on a marketplace has been played to its end. */
const LEAST_PIECES = 5_000;
const OPENING_HOUR = 9;

/** The simulated shop of one database, where the last demo left it. */
export class Shop {
  private constructor(
    readonly simulator: Simulator,
    private readonly folder: DemoFolder,
    private readonly day: string,
  ) {}

  /**
   * The same goods as at the end of the last demo: to the database, which remembers them, another shop would look
   * like a collapse of this one.
   */
  static async open(folder: DemoFolder, day: string, signal: AbortSignal): Promise<Shop> {
    const calls = folder.state.days[day] ?? [];
    const shop = await Shop.#play(folder, day, calls, signal);
    if (calls.length === 0 || shop.#isAlive()) return shop;
    await shop.simulator.close();
    return Shop.#play(folder, day, [], signal);
  }

  static async #play(
    folder: DemoFolder,
    day: string,
    calls: readonly ShopCall[],
    signal: AbortSignal,
  ): Promise<Shop> {
    const simulator = await startSimulator({
      seed: SEED,
      ozonProducts: PRODUCTS,
      wbProducts: PRODUCTS,
      wbIntervalMs: WB_INTERVAL_SECONDS * 1000,
      port: await lastOrAny(folder.state.simulatorPort),
    });
    try {
      const shop = new Shop(simulator, folder, day);
      await replay(simulator.world, calls, signal);
      shop.#write(calls);
      recordChanges(simulator.world, (call) => shop.#write(withCall(shop.calls, call)));
      folder.update({ simulatorPort: Number(new URL(simulator.url).port) });
      return shop;
    } catch (error) {
      await simulator.close();
      throw error;
    }
  }

  get calls(): readonly ShopCall[] {
    return this.folder.state.days[this.day] ?? [];
  }

  /** What people call the present hour. */
  get clock(): { readonly day: number; readonly time: string } {
    const minutes = Math.round((OPENING_HOUR + hoursIn(this.calls)) * 60);
    const ofDay = minutes % (24 * 60);
    const two = (value: number) => String(value).padStart(2, '0');
    return {
      day: Math.floor(minutes / (24 * 60)) + 1,
      time: `${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}`,
    };
  }

  #write(calls: readonly ShopCall[]): void {
    this.folder.update({ days: { ...this.folder.state.days, [this.day]: calls } });
  }

  #isAlive(): boolean {
    const { world } = this.simulator;
    return (['ozon', 'wildberries'] as const).every(
      (source) => world.truth(source).reduce((sum, row) => sum + row.available, 0) >= LEAST_PIECES,
    );
  }
}

/** A mailbox that keeps what comes and tells of it. */
export class Mailbox {
  readonly #mails: ReceivedMail[] = [];
  #tell: (mail: ReceivedMail) => void = () => undefined;

  private constructor(private readonly sink: SmtpSink) {
    void this.#receive();
  }

  static async open(folder: DemoFolder): Promise<Mailbox> {
    const sink = await startSmtpSink({ port: await lastOrAny(folder.state.smtpPort) });
    folder.update({ smtpPort: sink.port });
    return new Mailbox(sink);
  }

  get port(): number {
    return this.sink.port;
  }

  /** Tells of every mail, of those too that are here already. Whoever was told before is told no more. */
  onMail(tell: (mail: ReceivedMail) => void): void {
    this.onNewMail(tell);
    for (const mail of this.#mails) tell(mail);
  }

  /** The same for mail that is yet to come. */
  onNewMail(tell: (mail: ReceivedMail) => void): void {
    this.#tell = tell;
  }

  close(): Promise<void> {
    return this.sink.close();
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const mail = await this.sink.next();
        this.#mails.push(mail);
        this.#tell(mail);
      }
    } catch {
      // Closed.
    }
  }
}

/** The port of last time, so that what a person has noted down stays true. */
export async function lastOrAny(port: number): Promise<number> {
  if (port !== 0 && (await portIsFree(port))) return port;
  const [free = 0] = await freePorts(1);
  return free;
}
