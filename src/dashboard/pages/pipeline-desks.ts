import { oneLine } from '../../domain/anomaly/wording.js';
import type { JobProgress, LetterLine, ReplayDesk } from '../pipeline/contract.js';
import type { Known } from '../pipeline/lately.js';
import { type Html, html } from '../web/html.js';
import { type View, withQuery } from '../web/view.js';
import type { Format } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { card, note, state, table } from './parts.js';

const LONGEST_WHY = 300;

export const LETTERS = 50;

/** Dead letters with why, and the way back. @param listed undefined: nobody here can list them */
export function lettersCard(
  view: View,
  listed: Known<readonly LetterLine[]> | undefined,
  progress: JobProgress | null,
  format: Format,
): Html {
  const words = DASHBOARD_WORDS[view.locale].pipeline;
  const title = { id: 'letters-title', title: words.letters };
  if (listed === undefined) return card(title, html`<p class="empty">${words.lettersElsewhere}</p>`);
  const { value: letters, isAway } = listed;
  const above = html`${isAway && note('bad', words.kafkaAway)}${progressNote(progress, format, words.redriveDone)}`;
  if (letters === null) return card(title, html`${above}${!isAway && note('calm', words.asking)}`);
  if (letters.length === 0) return card(title, html`${above}<p class="empty">${words.noLetters}</p>`);
  const isOpen = letters.some(({ fate }) => fate === null);
  const isBusy = progress?.isOver === false;
  const all = view.mayAct && isOpen ? redriveForm(view, words.redriveAll, null, isBusy) : undefined;
  const columns = [
    { label: words.died },
    { label: words.letter },
    { label: words.why },
    { label: DASHBOARD_WORDS[view.locale].now.state },
  ];
  const rows = letters.map((letter) => letterRow(view, letter, format, isBusy));
  return card({ ...title, more: all }, html`${above}${table(words.letters, columns, rows)}`);
}

function letterRow(view: View, letter: LetterLine, format: Format, isBusy: boolean): Html {
  const words = DASHBOARD_WORDS[view.locale].pipeline;
  const fate = letter.fate === null ? null : (words.fates[letter.fate] ?? letter.fate);
  return html`<tr><td class="nowrap">${format.moment(letter.diedAt)}</td>
<th scope="row"><code>${letter.topic}/${letter.partition}/${letter.offset}</code><div class="soft small">${letter.id}</div></th>
<td class="name wide">${oneLine(letter.why, LONGEST_WHY)} <span class="soft small">${letter.stage}</span></td>
<td>${fate !== null ? state('idle', fate) : view.mayAct && redriveForm(view, words.redrive, letter, isBusy)}</td></tr>`;
}

/** @param letter null: all that are open */
function redriveForm(view: View, label: string, letter: LetterLine | null, isBusy: boolean): Html {
  const words = DASHBOARD_WORDS[view.locale].pipeline;
  const [name, value] = letter === null ? ['all', '1'] : ['id', letter.id];
  return html`<form method="post" action="/do/redrive">${begunFrom(view)}<input type="hidden" name="${name}" value="${value}"><button id="redrive-${letter?.id ?? 'all'}"${isBusy && html` disabled`} data-confirm="${words.redriveSure}">${label}${
    letter !== null && html`<span class="aside"> ${letter.id}</span>`
  }</button></form>`;
}

/** Where to come back to, and the language that the job is to speak. */
function begunFrom(view: View): Html {
  return html`<input type="hidden" name="to" value="${withQuery(view, {})}"><input type="hidden" name="locale" value="${view.locale}">`;
}

export function replayCard(view: View, desk: ReplayDesk | null, format: Format): Html {
  const words = DASHBOARD_WORDS[view.locale].pipeline;
  const title = { id: 'replay-title', title: words.replay };
  if (desk === null) return card(title, html`<p class="empty">${words.replayElsewhere}</p>`);
  const progress = desk.progress();
  const isBusy = progress !== null && !progress.isOver;
  const form = html`<form class="line" method="post" action="/do/replay">${begunFrom(view)}
<label>${words.replayFrom}<input type="number" id="replay-hours" name="hours" min="1" max="9600" step="1" value="24" required></label>
<button id="replay-try" name="dry" value="1">${words.replayTry}</button>
<button id="replay-run" name="dry" value="0" data-confirm="${words.replaySure}">${words.replayRun}</button></form>`;
  return card(
    title,
    html`<div class="inside"><p class="soft small">${words.replayHelp}</p>${view.mayAct && !isBusy && form}</div>${progressNote(progress, format, words.replayDone)}`,
  );
}

/** @param counted says how far it is, where that can be counted */
function progressNote(
  progress: JobProgress | null,
  format: Format,
  counted: (done: string, of: string) => string,
): Html | null {
  if (progress === null) return null;
  const { pipeline: words, now } = DASHBOARD_WORDS[format.locale];
  const { done, of, leftMs, isOver, lines } = progress;
  const said = [
    ...(isOver || of === 0 ? [isOver ? words.jobOver : words.jobRuns] : []),
    ...(of > 0 ? [counted(format.number(done), format.number(of))] : []),
    ...(!isOver && leftMs !== null ? [now.eta(format.span(leftMs))] : []),
  ];
  // Without a value it says that something is under way, and not how far.
  const value = of > 0 && html` max="${of}" value="${done}"`;
  const bar = !isOver && html`<progress${value} aria-label="${words.jobRuns}"></progress> `;
  const told = lines.map((line) => html`<p>${line}</p>`);
  return html`<div class="note calm" role="status"><p>${bar}${said.join(' · ')}</p>${told}</div>`;
}
