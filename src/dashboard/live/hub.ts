import type { ServerResponse } from 'node:http';
import type { Logger } from '../../ports/logger.js';
import type { RenderedPart, Renders } from '../web/renders.js';
import { type View, viewKey } from '../web/view.js';
import type { Pulse } from './pulse.js';

export interface HubOptions {
  readonly renders: Renders;
  readonly pulse: Pulse;
  readonly logger: Logger;
  /** Of comments that keep the line open, and of renderings where nothing but the time has passed. Milliseconds. */
  readonly heartbeatMs?: number | undefined;
  /** Bytes that may wait for a reader before it is hung up on. */
  readonly mostWaiting?: number | undefined;
  readonly mostReaders?: number | undefined;
}

/** What a reader of a page is written to; a response, as far as it matters here. */
export type Line = Pick<ServerResponse, 'write' | 'end' | 'destroy' | 'writableLength' | 'on'>;

interface Channel {
  readonly view: View;
  readonly lines: Set<Line>;
  /** Those of them that have not been sent anything yet. */
  readonly fresh: Set<Line>;
  /** Hashes of the parts that were sent last. */
  readonly sent: Map<string, string>;
  isRendering: boolean;
  isDue: boolean;
}

const HEARTBEAT_MS = 15_000;
const MOST_WAITING = 1024 * 1024;
const MOST_READERS = 1000;
/** Changes that come close together are shown together. Milliseconds. */
const GATHER_MS = 250;

/**
 * Sends pages anew, part by part, to everybody who has them open (server-sent events). Readers of the same view are a
 * channel: it is rendered once for all of them. What waits for a reader who does not read is bounded.
 */
export class LiveHub {
  readonly #channels = new Map<string, Channel>();
  readonly #heartbeat: NodeJS.Timeout;
  #readers = 0;
  #unwatch: (() => void) | undefined;
  #gathering: NodeJS.Timeout | undefined;

  constructor(private readonly options: HubOptions) {
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs ?? HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  get readers(): number {
    return this.#readers;
  }

  get isFull(): boolean {
    return this.#readers >= (this.options.mostReaders ?? MOST_READERS);
  }

  /** Begins with the whole page: what the reader has already is told by its hashes and left alone. */
  async join(view: View, line: Line): Promise<void> {
    const key = viewKey(view);
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      channel = {
        view,
        lines: new Set(),
        fresh: new Set(),
        sent: new Map(),
        isRendering: false,
        isDue: false,
      };
      this.#channels.set(key, channel);
    }
    const mine = channel;
    mine.lines.add(line);
    mine.fresh.add(line);
    this.#readers += 1;
    this.#unwatch ??= this.options.pulse.watch(() => this.#gather());
    line.on('close', () => this.#leave(key, mine, line));
    line.on('error', () => this.#leave(key, mine, line));
    this.#write(line, `retry: 2000\n\n${this.#stateEvent()}`);
    await this.#send(mine);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#gathering);
    this.#unwatch?.();
    for (const { lines } of this.#channels.values()) for (const line of lines) line.end();
    this.#channels.clear();
  }

  #leave(key: string, channel: Channel, line: Line): void {
    if (!channel.lines.delete(line)) return;
    channel.fresh.delete(line);
    this.#readers -= 1;
    if (channel.lines.size === 0) this.#channels.delete(key);
    if (this.#readers > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #beat(): void {
    for (const channel of this.#channels.values()) {
      for (const line of channel.lines) this.#write(line, ': alive\n\n');
      void this.#send(channel);
    }
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      const state = this.#stateEvent();
      for (const channel of this.#channels.values()) {
        for (const line of channel.lines) this.#write(line, state);
        void this.#send(channel);
      }
    }, GATHER_MS);
  }

  async #send(channel: Channel): Promise<void> {
    if (channel.isRendering) {
      channel.isDue = true;
      return;
    }
    channel.isRendering = true;
    try {
      do {
        channel.isDue = false;
        const rendered = await this.options.renders.get(channel.view);
        this.#sendParts(channel, rendered?.parts ?? []);
      } while (channel.isDue && channel.lines.size > 0);
    } catch (error) {
      this.options.logger.debug({ error }, 'a page could not be rendered anew');
    } finally {
      channel.isRendering = false;
    }
  }

  #sendParts(channel: Channel, parts: readonly RenderedPart[]): void {
    const fresh = [...channel.fresh];
    channel.fresh.clear();
    for (const part of parts) {
      const isNew = channel.sent.get(part.id) !== part.hash;
      channel.sent.set(part.id, part.hash);
      const text = event('part', part);
      for (const line of isNew ? channel.lines : fresh) this.#write(line, text);
    }
  }

  #write(line: Line, text: string): void {
    const waiting = line.writableLength;
    if (waiting > (this.options.mostWaiting ?? MOST_WAITING)) {
      this.options.logger.info({ waiting }, 'a reader of live pages does not read: hanging up');
      line.destroy();
      return;
    }
    line.write(text);
  }

  #stateEvent(): string {
    return event('state', { database: this.options.pulse.reach });
  }
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
