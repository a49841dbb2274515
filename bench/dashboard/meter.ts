import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Something that is asked for: the address in each of its rounds, which differ so that no answer is a kept one. */
export interface Case {
  readonly name: string;
  readonly path: (round: number) => string;
}

export interface Answered {
  readonly ms: number;
  readonly bytes: number;
  readonly text: string;
}

const ROUNDS = 5;
/** What a page may take. */
const GOAL_MS = 200;

/** Asks a server for pages, and prints how long they took to their last byte. */
export class Meter {
  /** Cases that took longer than a page may, in the middle of their rounds. */
  readonly slow: string[] = [];

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  heading(title: string): void {
    console.log(
      `\n${title.padEnd(46)}${'median ms'.padStart(11)}${'worst ms'.padStart(11)}${'KB'.padStart(9)}`,
    );
  }

  async measure({ name, path }: Case): Promise<void> {
    const answers: Answered[] = [];
    for (let round = 0; round < ROUNDS; round += 1) answers.push(await this.get(path(round)));
    this.tell(name, answers);
  }

  tell(name: string, answers: readonly Answered[]): void {
    const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] ?? 0;
    const worst = times.at(-1) ?? 0;
    const kilobytes = Math.round(Math.max(...answers.map(({ bytes }) => bytes)) / 1024);
    const isSlow = median > GOAL_MS;
    if (isSlow) this.slow.push(name);
    const cells = [
      median.toFixed(0).padStart(11),
      worst.toFixed(0).padStart(11),
      String(kilobytes).padStart(9),
    ];
    console.log(`${name.padEnd(46)}${cells.join('')}${isSlow ? `  above ${GOAL_MS} ms` : ''}`);
  }

  async get(path: string): Promise<Answered> {
    const begun = performance.now();
    const answer = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${this.token}`, 'accept-language': 'ru' },
    });
    const body = Buffer.from(await answer.arrayBuffer());
    const ms = performance.now() - begun;
    if (answer.status === 429) {
      await delay(1_000 * Number(answer.headers.get('retry-after') ?? 1));
      return this.get(path);
    }
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body.toString().slice(0, 500)}`);
    return { ms, bytes: body.length, text: body.toString() };
  }

  /** Keeps a page open; answers how many parts of it came until it was left. */
  async follow(page: string, leave: AbortSignal): Promise<number> {
    let text = '';
    try {
      const answer = await fetch(`${this.url}/live?page=${encodeURIComponent(page)}`, { signal: leave });
      for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
    } catch (error) {
      if (!leave.aborted) throw error;
    }
    return text.split('event: part').length - 1;
  }
}

/** Megabytes that a process has held at the most; null where the system does not tell. */
export function peakMegabytes(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}
