import { friendlyTime } from '../../cli/monitor/friendly-time.js';
import { days, duration, type Locale, number } from '../../domain/anomaly/wording.js';
import { type Html, html } from '../web/html.js';

/** How figures and moments are written for one reader. Moments are Unix milliseconds. */
export interface Format {
  readonly locale: Locale;
  readonly timeZone: string;
  readonly number: (value: number) => string;
  /** A figure of a table: zeroes stand back. */
  readonly cell: (value: number, label?: string) => Html;
  readonly time: (at: number) => string;
  /** With its machine-readable twin. */
  readonly moment: (at: number) => Html;
  readonly span: (milliseconds: number) => string;
  readonly days: (count: number) => string;
}

const made = new Map<string, Format>();

/** Making Intl objects is dear: one set per language and zone. */
export function formatOf(locale: Locale, timeZone: string): Format {
  const key = `${locale} ${timeZone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const time = friendlyTime(locale, timeZone);
  const whole = (value: number) => number(locale, value);
  const format: Format = {
    locale,
    timeZone,
    number: whole,
    cell: (value, label) =>
      html`<td class="n${value === 0 && ' zero'}"${label !== undefined && html` data-label="${label}"`}>${whole(value)}</td>`,
    time,
    moment: (at) => html`<time datetime="${new Date(at).toISOString()}">${time(at)}</time>`,
    span: (milliseconds) => duration(locale, milliseconds),
    days: (count) => days(locale, count),
  };
  made.set(key, format);
  return format;
}
