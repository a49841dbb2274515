import { readFileSync, writeFileSync } from 'node:fs';
import { enginesStatus } from '../../engines/engines.js';
import { peakMegabytes } from '../dashboard/meter.js';
import type { CpuSeconds } from './figures.js';

/** What a process says of its own work. */
export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number | undefined;
}

/** Time, CPU time and greatest size of this process, from `begin` to the last `mark`. */
export class Stopwatch {
  private began = 0;
  private cpuBefore = process.cpuUsage();
  private seconds = 0;
  private cpuSeconds = 0;

  begin(): void {
    forgetPeak();
    this.cpuBefore = process.cpuUsage();
    this.began = performance.now();
  }

  mark(): void {
    const { user, system } = process.cpuUsage(this.cpuBefore);
    this.cpuSeconds = (user + system) / 1e6;
    this.seconds = (performance.now() - this.began) / 1000;
  }

  read(): Measured {
    const { seconds, cpuSeconds } = this;
    return { seconds, cpuSeconds, peakMb: peakMegabytes(process.pid) ?? undefined };
  }
}

/** Linux then counts the greatest size anew; elsewhere it stays that of the whole life. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

/** The engines' share of what happens between two looks. */
export class EngineClock {
  private constructor(
    private readonly pids: Readonly<Record<'mysqld' | 'kafka', number | undefined>>,
    private readonly before: Readonly<Record<'mysqld' | 'kafka', number | undefined>>,
  ) {}

  static async start(dir: string): Promise<EngineClock> {
    const status = await enginesStatus({ dir });
    const pidOf = (name: string) => status.find((engine) => engine.name === name)?.pid;
    const pids = { mysqld: pidOf('MySQL'), kafka: pidOf('Kafka') };
    return new EngineClock(pids, { mysqld: cpuSecondsOf(pids.mysqld), kafka: cpuSecondsOf(pids.kafka) });
  }

  read(): Omit<CpuSeconds, 'own'> {
    const since = (name: 'mysqld' | 'kafka') => {
      const now = cpuSecondsOf(this.pids[name]);
      const then = this.before[name];
      return now === undefined || then === undefined ? undefined : now - then;
    };
    return { mysqld: since('mysqld'), kafka: since('kafka') };
  }
}

/** Linux counts in hundredths of a second on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

function cpuSecondsOf(pid: number | undefined): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in brackets that may hold spaces; of what follows, the 12th and 13th are ticks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}
