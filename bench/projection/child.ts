import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a child can be asked to do. Arguments and answers travel as JSON. */
export type Deeds = { readonly [name: string]: (argument: never) => Promise<unknown> };

interface Question {
  readonly deed: string;
  readonly argument: unknown;
}

interface Answer {
  readonly result?: unknown;
  readonly failure?: string;
}

/** A process of its own, so that its memory and CPU time are nobody else's. One deed at a time. */
export class Child<D extends Deeds> {
  private constructor(
    private readonly process: ChildProcess,
    private readonly script: string,
  ) {}

  static start<D extends Deeds>(script: string): Child<D> {
    const path = join(import.meta.dirname, script);
    return new Child<D>(fork(path, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }), script);
  }

  async ask<N extends keyof D & string>(
    deed: N,
    argument: Parameters<D[N]>[0],
  ): Promise<Awaited<ReturnType<D[N]>>> {
    if (!this.process.connected) throw new Error(`${this.script} has ended`);
    const leave = new AbortController();
    const answered = once(this.process, 'message', { signal: leave.signal });
    const ended = once(this.process, 'exit', { signal: leave.signal }).then(([code]) => {
      throw new Error(`${this.script} ended with ${code} before it had answered`);
    });
    try {
      this.process.send({ deed, argument } satisfies Question);
      const [answer] = (await Promise.race([answered, ended])) as [Answer];
      if (answer.failure !== undefined) throw new Error(`${this.script}: ${answer.failure}`);
      return answer.result as Awaited<ReturnType<D[N]>>;
    } finally {
      leave.abort();
      for (const promise of [answered, ended]) promise.catch(() => undefined);
    }
  }

  /** The child ends by itself when it has no parent any more. */
  async close(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.disconnect();
    await gone;
  }
}

/** The child's side: does what it is asked, and ends with whoever asked, however that ended. */
export function serve(deeds: Deeds): void {
  process.on('message', ({ deed, argument }: Question) => {
    const work = deeds[deed] as ((argument: unknown) => Promise<unknown>) | undefined;
    const answer = work === undefined ? Promise.reject(new Error(`no deed ${deed}`)) : work(argument);
    answer.then(
      (result) => process.send?.({ result } satisfies Answer),
      (error: Error) => process.send?.({ failure: error.stack ?? error.message } satisfies Answer),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
