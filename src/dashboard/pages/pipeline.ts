import type { Config } from '../../../config/schema.js';
import { feedName } from '../../cli/sync/sync-words.js';
import { oneLine, sourceName } from '../../domain/anomaly/wording.js';
import { SOURCES } from '../../domain/stock-key.js';
import type { PipelineReader, PlacedSnapshot, StoredCheckpoint } from '../data/pipeline.js';
import type { LetterLine, PipelineDesks } from '../pipeline/contract.js';
import type { WatchedGroup } from '../pipeline/lag-watch.js';
import type { Known, Lately } from '../pipeline/lately.js';
import { type Html, html } from '../web/html.js';
import { type Page, type View, withQuery } from '../web/view.js';
import { type Format, formatOf } from '../words/format.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { card, chips, note, type StateKind, state, table } from './parts.js';
import { lettersCard, replayCard } from './pipeline-desks.js';

const SNAPSHOTS = 40;
const LONGEST_REASON = 200;
const KINDS: Readonly<Record<string, StateKind>> = {
  open: 'busy',
  applied: 'good',
  held: 'warn',
  incomplete: 'warn',
  failed: 'bad',
  abandoned: 'bad',
};

export interface PipelineDeps {
  readonly reader: PipelineReader;
  /** What the broker says, so far as it does: the page does not wait for it. Null where none is asked. */
  readonly lag: Lately<readonly WatchedGroup[]> | null;
  readonly letters: Lately<readonly LetterLine[]> | null;
  readonly desks: Omit<PipelineDesks, 'lag'>;
  readonly config: Pick<Config, 'timeZone'>;
}

export function pipelinePage({ reader, lag, letters, desks, config }: PipelineDeps) {
  return async (view: View): Promise<Page> => {
    const words = DASHBOARD_WORDS[view.locale];
    const format = formatOf(view.locale, config.timeZone);
    const onlyBad = view.query.get('snapshots') === 'bad';
    const [checkpoints, snapshots, groups, listed] = await Promise.all([
      reader.checkpoints(),
      reader.snapshots(SNAPSHOTS, onlyBad),
      lag?.get(),
      letters?.get(),
    ]);
    return {
      title: words.pipeline.title,
      fixed: html`<div class="head"><h1>${words.pipeline.title}</h1></div>`,
      parts: [
        { id: 'groups', html: groupsCard(groups, checkpoints, format) },
        { id: 'snapshots', html: snapshotsCard(view, snapshots, onlyBad, format) },
        { id: 'letters', html: lettersCard(view, listed, desks.letters?.progress() ?? null, format) },
        { id: 'replay', html: replayCard(view, desks.replay, format) },
      ],
    };
  };
}

function groupsCard(
  groups: Known<readonly WatchedGroup[]> | undefined,
  checkpoints: readonly StoredCheckpoint[],
  format: Format,
): Html {
  const words = DASHBOARD_WORDS[format.locale].pipeline;
  if (groups?.isAway === false && groups.value !== null && groups.value.length > 0)
    return html`${groups.value.map((group) => groupCard(group, format))}`;
  const away =
    groups !== undefined &&
    (groups.isAway ? note('bad', words.kafkaAway) : groups.value === null && note('calm', words.asking));
  return card(
    { id: 'checkpoints-title', title: words.checkpoints },
    html`${away}${checkpointTable(checkpoints, format)}`,
  );
}

function groupCard(group: WatchedGroup, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].pipeline;
  const waiting = group.partitions.reduce((sum, { records }) => sum + records, 0);
  const standing =
    waiting === 0 ? state('good', words.caughtUp) : state('warn', words.waiting(format.number(waiting)));
  const members = group.members === 0 ? words.noWorkers : `${words.members}: ${format.number(group.members)}`;
  const rows = group.partitions.map(
    (one) => html`<tr><th scope="row">${one.partition}</th>
<td class="n" data-label="${words.applied}">${one.committed === null ? '—' : format.number(one.committed)}</td>
<td class="n" data-label="${words.end}">${format.number(one.end)}</td>${format.cell(one.records, words.lag)}
<td class="n" data-label="${words.rate}">${one.rate === null ? '—' : format.number(one.rate)}</td>
<td class="small wide">${one.owner === null ? html`<span class="soft">${words.noOwner}</span>` : oneLine(one.owner)}</td></tr>`,
  );
  const columns = [
    { label: words.partition },
    { label: words.applied, isNumber: true },
    { label: words.end, isNumber: true },
    { label: words.lag, isNumber: true },
    { label: words.rate, isNumber: true },
    { label: words.owner },
  ];
  const id = `group-${group.group.replace(/[^\w-]/g, '-')}`;
  const title = html`<code>${group.group}</code> <span class="soft small">← ${group.topic}</span>`;
  return card(
    { id, title, beside: standing, more: members },
    html`<details id="${id}-all"${group.partitions.length <= 12 && html` open`}><summary>${words.partitions}: ${format.number(group.partitions.length)}</summary>${table(group.group, columns, rows)}</details>`,
  );
}

function checkpointTable(checkpoints: readonly StoredCheckpoint[], format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].pipeline;
  // Partitions without a record say nothing.
  const used = checkpoints.filter(({ next }) => next > 0);
  if (used.length === 0) return html`<p class="empty">${words.noCheckpoints}</p>`;
  const columns = [
    { label: words.group },
    { label: words.partition, isNumber: true },
    { label: words.applied, isNumber: true },
    { label: words.published, isNumber: true },
    { label: words.moved, isNumber: true },
  ];
  const rows = used.map(
    (
      one,
    ) => html`<tr><th scope="row"><code>${one.group}</code> <span class="soft small">← ${one.topic}</span></th>
<td class="n" data-label="${words.partition}">${one.partition}</td>
${format.cell(one.next, words.applied)}${format.cell(one.published, words.published)}
<td class="n small soft" data-label="${words.moved}">${format.moment(one.updatedAt)}</td></tr>`,
  );
  return table(words.checkpoints, columns, rows);
}

function snapshotsCard(
  view: View,
  snapshots: readonly PlacedSnapshot[],
  onlyBad: boolean,
  format: Format,
): Html {
  const words = DASHBOARD_WORDS[format.locale].pipeline;
  const tabs = (['all', 'bad'] as const).map((name) => ({
    href: withQuery(view, { snapshots: name === 'all' ? undefined : 'bad' }),
    text: words.snapshotTabs[name],
    isChosen: onlyBad === (name === 'bad'),
  }));
  const options = { id: 'snapshots-title', title: words.snapshots, more: chips(words.snapshots, tabs) };
  if (snapshots.length === 0) return card(options, html`<p class="empty">${words.noSnapshots}</p>`);
  const columns = [
    { label: words.snapshot },
    { label: DASHBOARD_WORDS[format.locale].now.state },
    { label: words.started },
    { label: words.took, isNumber: true },
    { label: words.rows, isNumber: true },
    { label: words.changed, isNumber: true },
  ];
  return card(
    options,
    table(
      words.snapshots,
      columns,
      snapshots.map((one) => snapshotRow(one, format)),
    ),
  );
}

function snapshotRow(one: PlacedSnapshot, format: Format): Html {
  const words = DASHBOARD_WORDS[format.locale].pipeline;
  const source = SOURCES.find((name) => name === one.source);
  const name = source === undefined ? one.source : sourceName(source);
  const took = one.endedAt === null ? '—' : seconds(one.endedAt - one.startedAt, format);
  return html`<tr><th scope="row">${name}: ${feedName(one.endpoint, format.locale)} <code class="soft">${one.partition}/${one.offset}</code></th>
<td class="wide">${state(KINDS[one.status] ?? 'idle', words.statuses[one.status] ?? one.status)}${
    one.reason !== null && html` <span class="small soft">${oneLine(one.reason, LONGEST_REASON)}</span>`
  }</td>
<td class="nowrap" data-label="${words.started}">${format.moment(one.startedAt)}</td>
<td class="n" data-label="${words.took}">${took}</td>${format.cell(one.rows, words.rows)}
<td class="n" data-label="${words.changed}">${format.number(one.created)} / ${format.number(one.updated)} / ${format.number(one.closed)}</td></tr>`;
}

function seconds(ms: number, format: Format): string {
  if (ms >= 120_000) return format.span(ms);
  return `${format.number(Math.max(0, Math.round(ms / 100) / 10))} ${format.locale === 'ru' ? 'с' : 's'}`;
}
