import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { AppError, isAppError } from '../../errors.js';
import { ADVICE } from './advice.js';
import { type ApiAnswer, badAnswer } from './api-answer.js';
import { networkError } from './network-error.js';
import { readBody } from './read-body.js';
import type { RequestGate } from './request-gate.js';
import { abortError, throwIfAborted } from './timing.js';
import { type Quote, quoting } from './words.js';

const MEGABYTE = 1024 * 1024;
/** The largest documented answer, 250,000 rows of Wildberries, has about 50 MB. */
const LARGEST_ANSWER = 256 * MEGABYTE;
const LARGEST_REQUEST = 8 * MEGABYTE;

export interface HttpClientOptions {
  /** Opens every message: `Ozon`, `Wildberries`. */
  readonly name: string;
  /** Scheme, host and, before a simulator, a base path. */
  readonly baseUrl: string;
  /** Milliseconds for one whole answer, from the first try to connect to the last byte (API_TIMEOUT). */
  readonly timeoutMs: number;
  /** Values to mask in whatever the marketplace says. */
  readonly secrets: readonly string[];
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly now: () => number;
  /** Shared by all clients of the process; a place is held only while a request is on the wire. */
  readonly gate?: RequestGate | undefined;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A ready JSON text, sent as it is, in place of `body`: for ids that no number of this language holds. */
  readonly bodyText?: string | undefined;
  /** Largest answer in bytes, after unpacking; 256 MB unless told. */
  readonly maxBytes?: number | undefined;
}

/**
 * axios, wrapped once. An answer of any status but a redirect is returned, whole and as text; everything else is
 * an AppError: API_UNAVAILABLE (no whole answer in time), API_BAD_ANSWER (redirect, too large, not UTF-8), or the
 * caller's own abort.
 */
export class HttpClient {
  readonly #agents: readonly [HttpAgent, HttpsAgent];
  readonly #axios: AxiosInstance;
  /** Hidden from inspection, as it holds the key. */
  readonly #options: HttpClientOptions;
  readonly #base: URL;
  readonly #quote: Quote;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#base = new URL(options.baseUrl);
    this.#quote = quoting(options.secrets);
    this.#agents = [new HttpAgent({ keepAlive: true }), new HttpsAgent({ keepAlive: true })];
    this.#axios = axios.create({
      httpAgent: this.#agents[0],
      httpsAgent: this.#agents[1],
      headers: { Accept: 'application/json', 'User-Agent': 'inventory-sync', ...options.headers },
      responseType: 'stream',
      // A redirect would carry the key to wherever it points.
      maxRedirects: 0,
      maxBodyLength: LARGEST_REQUEST,
      validateStatus: () => true,
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
      ...proxySetting(this.#base),
    });
  }

  async send(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    throwIfAborted(signal);
    const label = `${this.#options.name} ${request.method} ${request.path}`;
    const { gate } = this.#options;
    const exchange = () => this.#exchange(request, label, signal);
    const answer = await (gate === undefined ? exchange() : gate.run(exchange, signal));
    if (answer.status >= 300 && answer.status < 400) throw redirected(answer);
    return answer;
  }

  /** Frees the sockets that are kept open between requests. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  async #exchange(request: ApiRequest, label: string, signal: AbortSignal): Promise<ApiAnswer> {
    // axios' own time-out starts anew with each phase and is blind to a trickle; this one ends all of them.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#options.timeoutMs);
    try {
      return await this.#answer(request, label, AbortSignal.any([signal, deadline.signal]));
    } catch (error) {
      if (isAppError(error)) throw error;
      if (signal.aborted) throw abortError(signal);
      if (deadline.signal.aborted) throw this.#tooSlow(label);
      throw networkError(error, { label, origin: this.#base.origin, quote: this.#quote });
    } finally {
      clearTimeout(timer);
    }
  }

  async #answer(request: ApiRequest, label: string, signal: AbortSignal): Promise<ApiAnswer> {
    const text = request.bodyText ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const most = request.maxBytes ?? LARGEST_ANSWER;
    const response = await this.#axios.request<Readable>({
      method: request.method,
      url: `${this.#base.href.replace(/\/+$/, '')}${request.path}`,
      ...(text === undefined ? {} : { data: text, headers: { 'Content-Type': 'application/json' } }),
      maxContentLength: most,
      signal,
    });
    const { status } = response;
    const headers = plainHeaders(response);
    const bytes = await readBody(response.data, { expected: announcedLength(headers), most }, signal);
    const answer = { label, status, headers, receivedAt: this.#options.now(), quote: this.#quote, text: '' };
    const accepted = status >= 200 && status < 300;
    try {
      return { ...answer, text: new TextDecoder('utf-8', { fatal: accepted }).decode(bytes) };
    } catch {
      throw badAnswer(answer, 'is not UTF-8 text');
    }
  }

  #tooSlow(label: string): AppError {
    const seconds = this.#options.timeoutMs / 1000;
    return new AppError(
      'API_UNAVAILABLE',
      `${label}: no whole answer within ${seconds} s (${this.#base.origin})`,
      {
        advice: ADVICE.tooSlow,
        facts: { origin: this.#base.origin, code: 'ETIMEDOUT' },
      },
    );
  }
}

/**
 * A proxy is used only where somebody asked for one for https (HTTPS_PROXY, with NO_PROXY honoured by axios, the
 * request tunnelled, so that the proxy sees no key). Plain http is what simulators on this machine speak, and a
 * proxy would read the key: it goes direct whatever the environment says.
 */
function proxySetting(base: URL): { proxy?: false } {
  const asked = process.env.HTTPS_PROXY || process.env.https_proxy;
  return base.protocol === 'https:' && asked ? {} : { proxy: false };
}

function redirected(answer: ApiAnswer): AppError {
  const target = answer.headers.location;
  const where =
    target === undefined ? '' : ` to ${URL.canParse(target) ? new URL(target).origin : 'another path'}`;
  return badAnswer(answer, `is a redirect (${answer.status})${where}, which is not followed`);
}

function plainHeaders(response: AxiosResponse): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined && value !== null) headers[name.toLowerCase()] = String(value);
  }
  return headers;
}

/** Undefined also where the answer comes packed: its length is that of the package. */
function announcedLength(headers: Readonly<Record<string, string>>): number | undefined {
  const length = headers['content-length'] ?? '';
  return /^\d{1,12}$/.test(length) && headers['content-encoding'] === undefined ? Number(length) : undefined;
}
