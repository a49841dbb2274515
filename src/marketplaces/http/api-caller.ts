import type { Source } from '../../domain/stock-key.js';
import { type AppError, isAppError, messageOf } from '../../errors.js';
import { type Instruments, NO_INSTRUMENTS, timed } from '../../ports/instruments.js';
import type { Logger } from '../../ports/logger.js';
import type { Bucket, RateLimiter } from '../../ports/rate-limiter.js';
import type { ApiAnswer } from './api-answer.js';
import type { ApiRequest, HttpClient } from './http-client.js';
import { type AdaptivePace, LimitLessons } from './limit-lessons.js';
import { backoffMs, type RetryPolicy, retryWait } from './retry.js';
import { takeToken } from './take-token.js';
import type { Timing } from './timing.js';

export interface ApiCallerOptions {
  /** Whose API it is, for what is measured. */
  readonly source?: Source | undefined;
  readonly http: HttpClient;
  readonly limiter: RateLimiter;
  readonly retry: RetryPolicy;
  /** Most milliseconds that one call may spend waiting for limits, ours or theirs. */
  readonly maxWaitMs: number;
  readonly timing: Timing;
  /** The error that an answer stands for, or null where it is one to read. */
  readonly errorOf: (answer: ApiAnswer) => AppError | null;
  /** For marketplaces that allow less than they write: 429 slows the bucket down for a while. */
  readonly adaptive?: AdaptivePace | undefined;
  readonly logger?: Logger | undefined;
  readonly instruments?: Instruments | undefined;
}

export interface ApiCall<T> {
  /** Our name for the method, for what is measured; never its path, which may hold ids. */
  readonly method?: string | undefined;
  readonly request: ApiRequest;
  readonly bucket: Bucket;
  /**
   * Tokens that a 4XX answer costs beyond the one of its request, as the marketplace counts; none unless told. Of a
   * 429 it is taken only where that names no time to come back at: the time named has it in it.
   */
  readonly penalty?: number | undefined;
  /** Reads an accepted answer; throws API_BAD_ANSWER where it is none, which counts as a failed try. */
  readonly read: (answer: ApiAnswer) => T;
}

/** One method call with everything around it: its turn, the request, the verdict, and further tries. */
export class ApiCaller {
  readonly #options: ApiCallerOptions;
  readonly #lessons: LimitLessons;

  constructor(options: ApiCallerOptions) {
    this.#options = options;
    this.#lessons = new LimitLessons(options);
  }

  /** @throws AppError of the last try; API_LIMITED carries `notBefore` where it is known */
  call<T>(call: ApiCall<T>, signal: AbortSignal): Promise<T> {
    const { tracer } = this.#instruments;
    return tracer.span('api call', { attributes: this.#labels(call) }, () => this.#call(call, signal));
  }

  async #call<T>(call: ApiCall<T>, signal: AbortSignal): Promise<T> {
    const { limiter, maxWaitMs, timing } = this.#options;
    let allowedMs = maxWaitMs;
    for (let attempt = 1; ; attempt += 1) {
      const waited = await takeToken(limiter, call.bucket, allowedMs, timing, signal);
      this.#instruments.metrics.time('apiWait', this.#labels(call), waited / 1000);
      allowedMs -= waited;
      try {
        return await this.#attempt(call, signal);
      } catch (error) {
        const wait = await this.#waitAfter(error, attempt, call, allowedMs);
        if (wait === null || signal.aborted) throw error;
        if (isAppError(error) && error.code === 'API_LIMITED') allowedMs -= wait;
        await timing.sleep(wait, signal);
      }
    }
  }

  async #attempt<T>(call: ApiCall<T>, signal: AbortSignal): Promise<T> {
    const answer = await this.#send(call, signal);
    const error = this.#options.errorOf(answer);
    if (error !== null) throw error;
    await this.#lessons.fromAccepted(call.bucket, answer);
    return call.read(answer);
  }

  /** One request, counted by what came of it. */
  async #send(call: ApiCall<unknown>, signal: AbortSignal): Promise<ApiAnswer> {
    const { http, timing } = this.#options;
    const { metrics } = this.#instruments;
    const labels = this.#labels(call);
    let status = 'none';
    try {
      const answer = await timed(
        () => timing.now(),
        (seconds) => metrics.time('apiCall', labels, seconds),
        () => http.send(call.request, signal),
      );
      status = String(answer.status);
      return answer;
    } finally {
      metrics.count('apiCalls', { ...labels, status });
    }
  }

  get #instruments(): Instruments {
    return this.#options.instruments ?? NO_INSTRUMENTS;
  }

  #labels({ method = 'unknown' }: ApiCall<unknown>): { readonly source: string; readonly method: string } {
    return { source: this.#options.source ?? 'unknown', method };
  }

  async #waitAfter(error: unknown, attempt: number, call: ApiCall<unknown>, allowedMs: number) {
    const { retry, timing, logger } = this.#options;
    const now = timing.now();
    if (isAppError(error)) {
      const otherwise = now + backoffMs(attempt, retry.delayMs, 0);
      await this.#lessons.fromRefusal({ ...call, error, otherwise });
    }
    const wait = retryWait(error, attempt, retry, { now, random: timing.random(), allowedMs });
    if (wait !== null) {
      logger?.warn({ attempt, waitMs: wait, path: call.request.path }, `will try again: ${messageOf(error)}`);
    }
    return wait;
  }
}
