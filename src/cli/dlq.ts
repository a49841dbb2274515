import { AppError, EXIT } from '../errors.js';
import type { CommandContext } from './context.js';
import { atDesk, type Desk, harmless, operator } from './dlq/desk.js';
import { type LetterSummary, pick } from './dlq/letters.js';
import { redrive } from './dlq/redrive.js';
import { showLetter } from './dlq/show.js';
import { table } from './sync/table.js';

type Options = Record<string, unknown>;

/** Of a message in a list; `show` has all of it. */
const SHOWN_MESSAGE = 70;

/** `inventory-sync dlq list` */
export function dlqList(options: Options, context: CommandContext): Promise<number> {
  return atDesk(context, async (desk) => {
    const { letters, words } = desk;
    const shown = options.all === true ? letters : letters.filter(({ fate }) => fate === null);
    const open = shown.findLast(({ fate }) => fate === null);
    if (open !== undefined) context.note('letter', open.id);
    if (options.json === true) context.printJson({ deadLetters: shown.map(documentOf) });
    else if (shown.length === 0) context.say(letters.length === 0 ? words.none : words.noneOpen);
    else context.print(table([words.columns, ...shown.map((letter) => rowOf(letter, desk))], 6));
    return EXIT.ok;
  });
}

/** `inventory-sync dlq show ID` */
export function dlqShow(options: Options, context: CommandContext): Promise<number> {
  return atDesk(context, async (desk) => {
    await showLetter(desk, String(options.id), options.raw === true);
    context.note('letter', String(options.id));
    return EXIT.ok;
  });
}

/** `inventory-sync dlq redrive ID… | --all` */
export async function dlqRedrive(options: Options, context: CommandContext): Promise<number> {
  const ids = namesOf(options);
  if (ids.length > 0 === (options.all === true)) {
    throw new AppError('USAGE', 'dlq redrive takes either ids or --all', {
      remedy: '`inventory-sync dlq list` shows the ids',
    });
  }
  const maxRate = options.maxRate === undefined ? undefined : Number(options.maxRate);
  return atDesk(context, (desk) => redrive(desk, { ids, maxRate, force: options.force === true }));
}

/** `inventory-sync dlq drop ID… --yes` */
export function dlqDrop(options: Options, context: CommandContext): Promise<number> {
  return atDesk(context, async ({ letters, fates, words, time }) => {
    const wanted = [...new Set(namesOf(options).map((id) => pick(letters, id)))];
    if (options.yes !== true) {
      const ids = wanted.map(({ id }) => id).join(', ');
      throw new AppError('USAGE', `${words.wouldDrop}: ${ids}`, { remedy: words.dropRemedy });
    }
    for (const { id, digest, fate } of wanted) {
      if (fate === null) await fates.enter(digest, 'dropped', operator(), null);
      const text = fate === null ? words.dropped : words.already(words.fates[fate.fate], time(fate.at));
      context.print(`${id}: ${text}\n`);
    }
    return EXIT.ok;
  });
}

function namesOf({ ids }: Options): readonly string[] {
  return Array.isArray(ids) ? [...new Set(ids.map(String))] : [];
}

function rowOf(summary: LetterSummary, { words, time }: Desk): string[] {
  const { id, diedAt, letter, topic, partition, offset, key, said, fate } = summary;
  const what = harmless(`${letter.errorClass}: ${letter.message}`);
  return [
    id,
    time(diedAt),
    what.length <= SHOWN_MESSAGE ? what : `${what.slice(0, SHOWN_MESSAGE - 1)}…`,
    `${topic}/${partition}/${offset}`,
    harmless([key ?? words.show.noKey, said.snapshotId].filter((part) => part !== null).join(' ')).slice(
      0,
      120,
    ),
    fate === null ? words.open : `${words.fates[fate.fate]} ${time(fate.at)}`,
  ];
}

function documentOf({ id, diedAt, letter, fate, said, ...where }: LetterSummary) {
  const { topic, partition, offset, key, bytes } = where;
  return {
    id,
    ceId: letter.id,
    at: new Date(diedAt).toISOString(),
    errorClass: letter.errorClass,
    message: letter.message,
    group: letter.group,
    stage: letter.stage,
    ...{ topic, partition, offset, key, bytes: Math.max(0, bytes) },
    type: said.type,
    snapshotId: said.snapshotId,
    fate: fate === null ? null : { ...fate, at: new Date(fate.at).toISOString() },
  };
}
