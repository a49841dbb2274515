import { AppError } from '../../errors.js';
import type { DeadLetter } from '../../events/dead-letter.js';
import { type Desk, harmless } from './desk.js';
import { type LetterSummary, pick, readWhole } from './letters.js';

const HEX_COLUMNS = 16;

/** `dlq show ID`: everything that is known of one letter; with `raw` the bytes of its value alone. */
export async function showLetter(desk: Desk, named: string, raw: boolean): Promise<void> {
  const { broker, installation, context, letters } = desk;
  const summary = pick(letters, named);
  const letter = (await readWhole(broker, installation.prefix, [summary])).get(summary.digest);
  if (letter === undefined) {
    throw new AppError('USAGE', `the dead letter ${summary.id} has just gone from the topic`, {
      remedy: 'its time to be kept is over',
    });
  }
  if (raw) context.printBytes(letter.record.value ?? new Uint8Array());
  else context.print(letterText(desk, summary, letter));
}

function letterText({ words, time }: Desk, summary: LetterSummary, letter: DeadLetter): string {
  const { record } = letter;
  const { show } = words;
  const fate = summary.fate;
  const lines: [string, string][] = [
    [words.columns[0], `${summary.id} (${letter.id})`],
    [show.died, time(summary.diedAt)],
    [show.why, harmless(`${letter.errorClass}: ${letter.message}`)],
    ['', harmless(words.attempts(letter.stage, letter.group, String(letter.attempts)))],
    [show.where, `${record.topic}/${record.partition}/${record.offset}, ${time(record.timestamp)}`],
    [show.key, record.key === null ? show.noKey : harmless(record.key)],
    [show.snapshot, summary.said.snapshotId ?? '–'],
    [
      show.fate,
      fate === null ? words.open : words.by(words.fates[fate.fate], time(fate.at), harmless(fate.by)),
    ],
    ...(fate?.place === null || fate === null ? [] : [['', `→ ${fate.place}`] as [string, string]]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const head = lines.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('');
  const headers = Object.entries(record.headers).map(([name, text]) => `  ${harmless(`${name}: ${text}`)}\n`);
  return [
    head,
    `\n${show.headers}\n${headers.join('') || `  ${show.noKey}\n`}`,
    `\n${show.stack}\n${indented(letter.stack)}`,
    `\n${show.value}${record.value === null ? '' : ` (${words.bytes(String(record.value.length))})`}\n`,
    record.value === null ? `  ${show.noValue}\n` : valueText(record.value),
  ].join('');
}

function indented(text: string): string {
  return harmless(text, true)
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
}

/** As text where it is UTF-8, else as a hex dump. */
function valueText(value: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    return `${harmless(text, true)}\n`;
  } catch {
    return hexDump(value);
  }
}

function hexDump(value: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < value.length; at += HEX_COLUMNS) {
    const row = value.subarray(at, at + HEX_COLUMNS);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(HEX_COLUMNS * 3)} ${text}\n`);
  }
  return lines.join('');
}
