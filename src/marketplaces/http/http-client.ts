import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { AppError } from '../../errors.js';
import { type ApiAnswer, badAnswer } from './api-answer.js';
import { networkError } from './network-error.js';
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
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
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
      responseType: 'arraybuffer',
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
    const response = await this.#exchange(request, label, signal);
    const receivedAt = this.#options.now();
    const { status } = response;
    const headers = plainHeaders(response);
    const answer = { label, status, headers, receivedAt, quote: this.#quote, text: '' };
    if (status >= 300 && status < 400) throw redirected(answer);
    const accepted = status >= 200 && status < 300;
    try {
      return { ...answer, text: new TextDecoder('utf-8', { fatal: accepted }).decode(response.data) };
    } catch {
      throw badAnswer(answer, 'is not UTF-8 text');
    }
  }

  /** Frees the sockets that are kept open between requests. */
  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  async #exchange(request: ApiRequest, label: string, signal: AbortSignal): Promise<AxiosResponse<Buffer>> {
    // axios' own time-out starts anew with each phase and is blind to a trickle; this one ends all of them.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#options.timeoutMs);
    try {
      return await this.#axios.request<Buffer>({
        method: request.method,
        url: `${this.#base.href.replace(/\/+$/, '')}${request.path}`,
        ...(request.body === undefined
          ? {}
          : { data: JSON.stringify(request.body), headers: { 'Content-Type': 'application/json' } }),
        maxContentLength: request.maxBytes ?? LARGEST_ANSWER,
        signal: AbortSignal.any([signal, deadline.signal]),
      });
    } catch (error) {
      if (signal.aborted) throw abortError(signal);
      if (deadline.signal.aborted) throw this.#tooSlow(label);
      throw networkError(error, { label, origin: this.#base.origin, quote: this.#quote });
    } finally {
      clearTimeout(timer);
    }
  }

  #tooSlow(label: string): AppError {
    const seconds = this.#options.timeoutMs / 1000;
    return new AppError(
      'API_UNAVAILABLE',
      `${label}: no whole answer within ${seconds} s (${this.#base.origin})`,
      {
        remedy: 'Try again later; on a slow line allow more seconds with API_TIMEOUT.',
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
