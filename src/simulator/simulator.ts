/**
 * A stand-in for the Ozon Seller API and Wildberries' API, written from their documents: one HTTP server on one
 * port, an invented shop behind it, and every kind of trouble on demand. For the demo, for trying settings without
 * a key, and for tests. See `control/control.ts` for steering it from another process.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, messageOf } from '../errors.js';
import { Control } from './control/control.js';
import { makeCredentials, type SimulatorCredentials } from './credentials.js';
import { Faults } from './faults/faults.js';
import { RequestLog, type RequestLogEntry } from './http/request-log.js';
import { makeServer } from './http/server.js';
import { SecondWindows, TokenBuckets } from './http/token-bucket.js';
import { applyModes, defaultModes, type Modes, type ModesPatch, UNLIMITED } from './modes.js';
import { ozonApi } from './ozon/methods.js';
import { randomFor } from './random.js';
import { WbErrors } from './wildberries/errors.js';
import { wildberriesApi } from './wildberries/methods.js';
import { World } from './world/world.js';

export interface SimulatorOptions {
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** 1 by default. The same seed and calls give the same shop and the same keys. */
  readonly seed?: number;
  /** Products on Ozon, 1,000 by default. */
  readonly ozonProducts?: number;
  /** Sizes on Wildberries, 1,000 by default. */
  readonly wbProducts?: number;
  /** Ids beyond 2^53, strange articles, extreme figures among the goods. */
  readonly hostile?: boolean;
  /** Two products with one article, one article on both marketplaces, and other goods of careless sellers. */
  readonly oddities?: boolean;
  /** Keys to accept in place of those made from the seed. */
  readonly credentials?: Partial<SimulatorCredentials>;
  /** Ozon's requests per second, 50 by default, 0: no limit. Short for `modes.ozon.rps`. */
  readonly ozonRps?: number;
  /** Milliseconds per call of either stock report, 20,000 by default, 0: no limit. */
  readonly wbIntervalMs?: number;
  /** No limits but those that another option sets. */
  readonly unlimited?: boolean;
  readonly modes?: ModesPatch;
  /** Unix milliseconds, for limits, key lifetimes and the report's renewal. */
  readonly now?: () => number;
}

export interface Simulator {
  /** `http://127.0.0.1:<port>`, good for every `*_API_URL` setting. */
  readonly url: string;
  readonly credentials: SimulatorCredentials;
  readonly world: World;
  readonly faults: Faults;
  /** Switches; assign to them. */
  readonly modes: Modes;
  /** Every marketplace call so far, oldest first. */
  requests(): RequestLogEntry[];
  clearRequests(): void;
  /** Frees the port and every socket, also of calls that hang. May be called twice. */
  close(): Promise<void>;
}

function modesFrom(options: SimulatorOptions): Modes {
  const modes = defaultModes();
  applyModes(modes, options.unlimited === true ? UNLIMITED : {});
  applyModes(modes, options.modes ?? {});
  applyModes(modes, {
    ozon: { rps: options.ozonRps },
    wildberries: {
      warehousesIntervalMs: options.wbIntervalMs,
      sellerReportIntervalMs: options.wbIntervalMs,
    },
  });
  return modes;
}

/**
 * Starts a simulator.
 * @throws AppError ENGINE_FAILED when the port cannot be had, USAGE for options that make no sense
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? Date.now;
  const seed = options.seed ?? 1;
  const modes = modesFrom(options);
  const credentials = makeCredentials(seed, now(), options.credentials);
  const world = new World({ ...options, seed, modes, now });
  const faults = new Faults();
  const log = new RequestLog();
  const errors = new WbErrors(randomFor(seed, 'request-ids'), now);
  const closing = new AbortController();
  const server = makeServer({
    apis: {
      ozon: ozonApi(world, {
        modes: modes.ozon,
        credentials,
        startedAt: now(),
        now,
        windows: new SecondWindows(now),
      }),
      wildberries: wildberriesApi(world, {
        modes: modes.wildberries,
        credentials,
        now,
        buckets: new TokenBuckets(now),
        errors,
      }),
    },
    control: new Control({ world, faults, log, credentials }),
    faults,
    errors,
    log,
    now,
    signal: closing.signal,
  });
  const url = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  return {
    url,
    credentials,
    world,
    faults,
    modes,
    requests: () => log.all(),
    clearRequests: () => log.clear(),
    close: () => close(server, closing),
  };
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new AppError('ENGINE_FAILED', `the simulator cannot listen on ${host}:${port}: ${messageOf(error)}`, {
          remedy: 'Name another port, or 0 for any free one.',
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function close(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  if (!server.listening) {
    return;
  }
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}
