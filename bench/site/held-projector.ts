import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { peakMegabytes } from '../dashboard/meter.js';
import type { Place } from './site.js';

/** `hold`: from now on no step begins; `go`: they begin, and time counts from here; `tell`: what it took so far. */
export type Order = 'hold' | 'go' | 'tell' | 'stop';

/** Since the last `go`. */
export interface ProjectorFigures {
  /** All that is in its part of the log has been applied and published. */
  readonly caughtUp: boolean;
  /** To the first commit in MySQL. */
  readonly firstSeconds: number | null;
  /** To the last publication. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Milliseconds by the point that they led to. */
  readonly stages: Readonly<Record<string, number>>;
}

const LOOK_MS = 50;

/** A projector in a process of its own. */
export class HeldProjector {
  private constructor(
    private readonly child: ChildProcess,
    /** From its start until it has joined its group. */
    readonly readySeconds: number,
  ) {}

  static async start(place: Place): Promise<HeldProjector> {
    const began = performance.now();
    const child = fork(join(import.meta.dirname, 'projector.js'), [], {
      env: { ...process.env, PROJECTOR_PLACE: JSON.stringify(place) },
    });
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) console.error(`a projector ended with ${code}`);
    });
    await once(child, 'message');
    return new HeldProjector(child, (performance.now() - began) / 1000);
  }

  async order(order: Exclude<Order, 'stop'>): Promise<ProjectorFigures> {
    const answered = once(this.child, 'message') as Promise<[{ figures: ProjectorFigures }]>;
    this.child.send(order);
    const [{ figures }] = await answered;
    return figures;
  }

  /** Resolves when it has nothing left to do. */
  async done(): Promise<ProjectorFigures> {
    for (;;) {
      const figures = await this.order('tell');
      if (figures.caughtUp) return figures;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Megabytes. */
  get peak(): number {
    return peakMegabytes(this.child.pid ?? 0) ?? NaN;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.send('stop');
    await gone;
  }
}
