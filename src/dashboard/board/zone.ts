const QUARTER = 15 * 60_000;
const DAY = 24 * 60 * 60_000;
/** Offsets are remembered by the quarter of an hour: years of them. */
const MOST_REMEMBERED = 200_000;

/** A clock in one time zone. Offsets change on quarters of an hour at the finest, so few of them are looked up. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @param timeZone an IANA name */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      timeZoneName: 'longOffset',
      year: 'numeric',
    });
  }

  /** Milliseconds that local time is ahead of UTC. */
  offset(unixMs: number): number {
    const quarter = Math.floor(unixMs / QUARTER);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    if (this.#offsets.size >= MOST_REMEMBERED) this.#offsets.clear();
    const offset = this.#lookUp(quarter * QUARTER);
    this.#offsets.set(quarter, offset);
    return offset;
  }

  /** The midnight that began the local day, Unix milliseconds. */
  startOfDay(unixMs: number): number {
    const local = unixMs + this.offset(unixMs);
    const midnight = Math.floor(local / DAY) * DAY;
    // The clocks may have been changed since midnight.
    const guess = midnight - this.offset(unixMs);
    return midnight - this.offset(guess);
  }

  /** `2026-11-23 09:05`, local. */
  text(unixMs: number): string {
    return new Date(unixMs + this.offset(unixMs)).toISOString().slice(0, 16).replace('T', ' ');
  }

  #lookUp(unixMs: number): number {
    const name = this.#format.formatToParts(unixMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
    if (sign === undefined) return 0;
    const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0)) * 1000;
    return sign === '-' ? -ms : ms;
  }
}
