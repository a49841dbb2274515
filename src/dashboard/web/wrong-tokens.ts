import { isIPv6 } from 'node:net';

const WINDOW_MS = 60_000;
/** Wrong tokens that are heard in a minute: of a client, of all together, and of a client beyond that. */
const MOST = { each: 5, all: 30, eachBeyond: 1 };
/** Clients that are remembered; the one whose minute ends first goes first. */
const MOST_CLIENTS = 10_000;

interface Tried {
  times: number;
  /** Unix milliseconds. */
  readonly until: number;
}

/**
 * How often clients may guess, wherever they do it. A client that has not guessed is always heard, however many others
 * do.
 */
export class WrongTokens {
  readonly #clients = new Map<string, Tried>();
  #all: Tried = { times: 0, until: 0 };

  constructor(private readonly now: () => number) {}

  /** Seconds until a token of this client is heard; 0: now. */
  wait(address: string): number {
    const tried = this.#clients.get(clientOf(address));
    if (tried === undefined || tried.until <= this.now()) return 0;
    const isMany = this.#all.until > this.now() && this.#all.times >= MOST.all;
    if (tried.times < (isMany ? MOST.eachBeyond : MOST.each)) return 0;
    return Math.ceil((tried.until - this.now()) / 1000);
  }

  enter(address: string): void {
    const client = clientOf(address);
    const known = this.#clients.get(client);
    const tried = this.#running(known);
    if (tried !== known) {
      this.#clients.delete(client);
      this.#clients.set(client, tried);
    }
    this.#all = this.#running(this.#all);
    tried.times += 1;
    this.#all.times += 1;
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > MOST_CLIENTS && oldest !== undefined) this.#clients.delete(oldest);
  }

  #running(tried: Tried | undefined): Tried {
    const isRunning = tried !== undefined && tried.until > this.now();
    return isRunning ? tried : { times: 0, until: this.now() + WINDOW_MS };
  }
}

/** Who counts as one: an address, or of IPv6 the /64 network, of which a client may take any address. */
export function clientOf(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return bare;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = [], tail = []] = bare.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  const groups = [...head, ...zeros, ...tail].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
