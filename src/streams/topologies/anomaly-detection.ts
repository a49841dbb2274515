import { concatMap, type Observable, toArray } from 'rxjs';
import type { AnomalySettings, Finding, JudgedSnapshot } from '../../domain/anomaly/finding.js';
import { judge, newsOf } from '../../domain/anomaly/rules.js';
import type { AppError } from '../../errors.js';
import type { Alert } from '../../events/alert.js';
import { EVENT_TYPES } from '../../events/envelope.js';
import { type SyncEvent, syncEvent } from '../../events/sync-event.js';
import type { LogRecord } from '../../ports/log-records.js';
import { type Decoded, decodeJsonEvent } from '../operators/decode-json-event.js';

/** Which of these fingerprints are open, as of what earlier batches recorded. */
export type OpenIncidents = (fingerprints: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * What else is to be judged on the occasion of an event: of an applied snapshot the products that it has changed.
 * Asked for piece by piece, each when all that follows from the one before is settled.
 */
export type JudgedWith = (event: SyncEvent, record: LogRecord) => AsyncIterable<JudgedSnapshot>;

export type AnomalyOutcome =
  /** `index` numbers the alerts of one record from 0. */
  | { readonly kind: 'alert'; readonly record: LogRecord; readonly index: number; readonly alert: Alert }
  | { readonly kind: 'invalid'; readonly record: LogRecord; readonly error: AppError };

type Step =
  | { readonly record: LogRecord; readonly event: SyncEvent; readonly finding: Finding }
  | { readonly record: LogRecord; readonly error: AppError };
type Candidate = Extract<Step, { finding: Finding }>;

/** Findings that are put together into one question. They hold the facts that they speak of until it is answered. */
const QUESTION_SIZE = 1000;

/**
 * Sync events → alerts, in the order of the log. It asks two things of the world: what else is to be judged with an
 * event, and which incidents are open; what the batch itself opens and resolves it keeps in mind, so that it does not
 * matter where batches are cut. What is no news is let go at once: memory follows the alerts, not what was judged.
 * Fails only where one of these questions fails.
 */
export function anomalyDetection(settings: AnomalySettings) {
  return (
    records: Observable<LogRecord>,
    open: OpenIncidents,
    judgedWith?: JudgedWith,
  ): Observable<AnomalyOutcome> =>
    records.pipe(
      decodeJsonEvent(syncEvent, () => EVENT_TYPES.syncEvent),
      toArray(),
      concatMap((batch) => outcomesOf(stepsOf(batch, settings, judgedWith), new News(open))),
    );
}

/** What the rules say of an event, or of anything else that they judge; whether it is news is not asked here. */
export function findingsOf(subject: SyncEvent | JudgedSnapshot, settings: AnomalySettings): Finding[] {
  const judged = isEvent(subject) ? judgedOf(subject) : subject;
  return judged === null ? [] : judge(judged, settings);
}

function isEvent(subject: SyncEvent | JudgedSnapshot): subject is SyncEvent {
  return 'snapshotId' in subject;
}

/** Rules reckon with times in milliseconds. */
function judgedOf(event: SyncEvent): JudgedSnapshot | null {
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'snapshot-started':
      return null;
    case 'snapshot-failed':
      return { ...event, at, notBefore: timeOf(event.notBefore) };
    case 'source-observed':
      return {
        ...event,
        at,
        lastSyncAt: event.lastSyncAt === null ? null : timeOf(event.lastSyncAt),
        keyExpiresAt: timeOf(event.keyExpiresAt),
      };
    case 'pipeline-observed': {
      const { records, oldestAt } = event.lag;
      return { ...event, at, lag: { records, oldestAt: oldestAt === null ? null : Date.parse(oldestAt) } };
    }
    default:
      return event;
  }
}

function timeOf(iso: string | undefined): number | undefined {
  return iso === undefined ? undefined : Date.parse(iso);
}

async function* stepsOf(
  batch: readonly Decoded<SyncEvent>[],
  settings: AnomalySettings,
  judgedWith?: JudgedWith,
): AsyncGenerator<Step> {
  for (const decoded of batch) {
    const { record } = decoded;
    if (!decoded.ok) {
      yield { record, error: decoded.error };
      continue;
    }
    const { event } = decoded;
    for (const finding of findingsOf(event, settings)) yield { record, event, finding };
    if (judgedWith === undefined) continue;
    for await (const subject of judgedWith(event, record)) {
      for (const finding of findingsOf(subject, settings)) yield { record, event, finding };
    }
  }
}

async function* outcomesOf(steps: AsyncIterable<Step>, news: News): AsyncGenerator<AnomalyOutcome> {
  let waiting: Step[] = [];
  for await (const step of steps) {
    waiting.push(step);
    if (waiting.length < QUESTION_SIZE) continue;
    yield* await news.among(waiting);
    waiting = [];
  }
  yield* await news.among(waiting);
}

/** What of a batch's findings is news, asked about in several goes. */
class News {
  /** What the batch has opened (true) or resolved so far. */
  readonly #changed = new Map<string, boolean>();
  readonly #told = new Map<LogRecord, number>();

  constructor(private readonly open: OpenIncidents) {}

  async among(steps: readonly Step[]): Promise<AnomalyOutcome[]> {
    const candidates = steps.filter(isCandidate);
    const open = await this.#openAmong(candidates.map(({ finding }) => finding.fingerprint));
    const news = new Set<Step>(newsOf(candidates, ({ finding }) => finding, open));
    return steps.flatMap((step): AnomalyOutcome[] => {
      if (!isCandidate(step)) return [{ kind: 'invalid', ...step }];
      if (!news.has(step)) return [];
      const { record, finding } = step;
      this.#changed.set(finding.fingerprint, finding.state === 'raised');
      const index = this.#told.get(record) ?? 0;
      this.#told.set(record, index + 1);
      return [{ kind: 'alert', record, index, alert: alertOf(step) }];
    });
  }

  async #openAmong(fingerprints: readonly string[]): Promise<ReadonlySet<string>> {
    const unknown = [...new Set(fingerprints)].filter((one) => !this.#changed.has(one));
    const known = unknown.length === 0 ? [] : await this.open(unknown);
    return new Set([...known, ...fingerprints.filter((one) => this.#changed.get(one) === true)]);
  }
}

function isCandidate(step: Step): step is Candidate {
  return 'finding' in step;
}

function alertOf({ event, finding }: Candidate): Alert {
  const { rule, severity, state, fingerprint, evidence, product, text } = finding;
  return {
    // A snapshot says a thing about a fingerprint once: found again, it is the same alert.
    id: `${state}:${fingerprint}:${event.snapshotId}`,
    state,
    rule,
    severity,
    fingerprint,
    source: event.source,
    account: event.account,
    feed: event.feed,
    snapshotId: event.snapshotId,
    at: event.at,
    product,
    evidence,
    text,
  };
}
