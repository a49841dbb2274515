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

/** What else is to be judged on the occasion of an event: of an applied snapshot the products that it has changed. */
export type JudgedWith = (event: SyncEvent, record: LogRecord) => Promise<readonly JudgedSnapshot[]>;

export type AnomalyOutcome =
  /** `index` numbers the alerts of one record from 0. */
  | { readonly kind: 'alert'; readonly record: LogRecord; readonly index: number; readonly alert: Alert }
  | { readonly kind: 'invalid'; readonly record: LogRecord; readonly error: AppError };

type Step =
  | { readonly record: LogRecord; readonly event: SyncEvent; readonly finding: Finding }
  | { readonly record: LogRecord; readonly error: AppError };
type Candidate = Extract<Step, { finding: Finding }>;

/**
 * Sync events → alerts, in the order of the log. It asks two things of the world: what else is to be judged with an
 * event, and once a batch which incidents are open; what the batch itself opens and resolves it keeps in mind, so
 * that it does not matter where batches are cut. Fails only where one of these questions fails.
 */
export function anomalyDetection(settings: AnomalySettings) {
  return (
    records: Observable<LogRecord>,
    open: OpenIncidents,
    judgedWith?: JudgedWith,
  ): Observable<AnomalyOutcome> =>
    records.pipe(
      decodeJsonEvent(syncEvent, () => EVENT_TYPES.syncEvent),
      concatMap(async (decoded) => stepsOf(decoded, settings, judgedWith)),
      toArray(),
      concatMap(async (perRecord) => {
        const steps = perRecord.flat();
        const fingerprints = [
          ...new Set(steps.filter(isCandidate).map(({ finding }) => finding.fingerprint)),
        ];
        return outcomesOf(steps, fingerprints.length === 0 ? new Set() : await open(fingerprints));
      }),
      concatMap((outcomes) => outcomes),
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

async function stepsOf(
  decoded: Decoded<SyncEvent>,
  settings: AnomalySettings,
  judgedWith?: JudgedWith,
): Promise<Step[]> {
  if (!decoded.ok) return [{ record: decoded.record, error: decoded.error }];
  const { record, event } = decoded;
  const others = (await judgedWith?.(event, record)) ?? [];
  return [event, ...others].flatMap((subject) =>
    findingsOf(subject, settings).map((finding) => ({ record, event, finding })),
  );
}

function outcomesOf(steps: readonly Step[], open: ReadonlySet<string>): AnomalyOutcome[] {
  const news = new Set<Step>(newsOf(steps.filter(isCandidate), ({ finding }) => finding, open));
  const told = new Map<LogRecord, number>();
  return steps.flatMap((step): AnomalyOutcome[] => {
    if (!isCandidate(step)) return [{ kind: 'invalid', ...step }];
    if (!news.has(step)) return [];
    const index = told.get(step.record) ?? 0;
    told.set(step.record, index + 1);
    return [{ kind: 'alert', record: step.record, index, alert: alertOf(step) }];
  });
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
