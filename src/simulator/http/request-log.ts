import type { IncomingHttpHeaders } from 'node:http';
import { LOG_BODY_MAX, LOG_MAX } from '../bounds.js';
import type { FaultKind } from '../faults/fault.js';
import type { Source } from '../world/types.js';

export interface RequestLogEntry {
  /** From 1, in order of arrival. */
  readonly number: number;
  readonly source: Source;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** As received, secrets masked; a `Bearer ` prefix is kept. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else the text (its first 64 KB). */
  readonly body: unknown;
  /** Unix milliseconds by the simulator's clock. */
  readonly startedAt: number;
  finishedAt: number | undefined;
  /** 0 until answered; stays 0 for calls that never are. */
  status: number;
  fault: FaultKind | undefined;
}

const SECRETS = new Set(['api-key', 'authorization', 'cookie']);

function masked(headers: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
    shown[name] = SECRETS.has(name) ? (/^bearer /i.test(text) ? 'Bearer ***' : '***') : text;
  }
  return shown;
}

function readable(text: string): unknown {
  if (text === '') {
    return undefined;
  }
  try {
    return text.length <= LOG_BODY_MAX ? JSON.parse(text) : text.slice(0, LOG_BODY_MAX);
  } catch {
    return text;
  }
}

interface Arrival {
  readonly source: Source;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly at: number;
}

export class RequestLog {
  private entries: RequestLogEntry[] = [];
  private arrived = 0;

  begin(arrival: Arrival): RequestLogEntry {
    this.arrived += 1;
    const entry: RequestLogEntry = {
      number: this.arrived,
      source: arrival.source,
      method: arrival.method,
      path: arrival.path,
      query: arrival.query,
      headers: masked(arrival.headers),
      body: readable(arrival.text),
      startedAt: arrival.at,
      finishedAt: undefined,
      status: 0,
      fault: undefined,
    };
    this.entries.push(entry);
    if (this.entries.length > LOG_MAX) {
      this.entries = this.entries.slice(-LOG_MAX / 2);
    }
    return entry;
  }

  all(): RequestLogEntry[] {
    return this.entries.map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.entries = [];
  }
}
