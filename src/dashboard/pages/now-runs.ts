import { oneLine, syncCommand } from '../../domain/anomaly/wording.js';
import type { NowRun, NowSource } from '../data/now.js';
import { type Html, html, NOTHING } from '../web/html.js';
import type { Format } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { note, type StateKind, state } from './parts.js';

const LONGEST_ERROR = 400;
const KINDS: Readonly<Record<string, StateKind>> = {
  running: 'busy',
  success: 'good',
  partial: 'warn',
  held: 'warn',
  failed: 'bad',
};

/** The newest run; one that is under way with its progress, measured by the last one that went well. */
export function runLine(run: NowRun, good: NowRun | null, now: number, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].now;
  const kind = KINDS[run.status] ?? 'idle';
  const told = state(kind, words.runStatus[run.status] ?? run.status);
  const rows = html`<span class="soft">${words.rows(run.records, format.number(run.records))}</span>`;
  if (run.status !== 'running') return html`${told} ${format.moment(run.startedAt)} ${rows}`;
  const of = good?.records ?? 0;
  if (of <= 0) return html`${told} ${rows}`;
  const left = eta(run, of, now);
  return html`${told} <progress id="progress-${run.source}" max="${of}" value="${Math.min(run.records, of)}" aria-label="${words.running}"></progress> ${rows}${
    left !== null && html`, <span class="soft">${words.eta(format.span(left))}</span>`
  }`;
}

/** Milliseconds at the pace so far; null while that says nothing. At least a minute, for less is not shown. */
export function eta(run: Pick<NowRun, 'records' | 'startedAt'>, of: number, now: number): number | null {
  const passed = now - run.startedAt;
  if (run.records <= 0 || passed <= 0 || run.records >= of) return null;
  return Math.max(60_000, Math.round((passed / run.records) * (of - run.records)));
}

/** What went wrong last and what to do about it; quietly where a later run went well. */
export function lastError({ source, lastBad, lastGood }: NowSource, format: Format): Html {
  if (lastBad?.error == null) return NOTHING;
  const words = DASHBOARD_WORDS[format.locale];
  const isOver = lastGood !== null && lastGood.startedAt > lastBad.startedAt;
  const what = html`<b>${words.now.lastError}</b>, ${format.moment(lastBad.startedAt)}: ${oneLine(lastBad.error, LONGEST_ERROR)}`;
  if (isOver) return note('calm', html`<span class="soft">${what} (${words.now.since})</span>`);
  const known = lastBad.code === null ? undefined : words.now.remedies[lastBad.code];
  const text = known ?? words.now.remedyElse(syncCommand(source));
  return note(lastBad.status === 'failed' ? 'bad' : 'warn', what, { label: words.remedy, text });
}
