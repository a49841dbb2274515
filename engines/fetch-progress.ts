/** What the broker last said about the end of a partition, and where the reader stands. */
interface PartitionProgress {
  /** Offset of the next record to hand out; undefined before the first fetch. */
  position?: number;
  /** Everything below is decided: committed or aborted. */
  stable?: number;
  /** End of the log; above `stable` while a transaction is open. */
  end?: number;
}

/**
 * A commit is answered before its markers stand in the partitions, so for some milliseconds a transaction looks open
 * that is not. A partition whose end does not become stable for this long holds a truly open one.
 */
const MARKER_GRACE_MS = 3_000;

/** Follows a Java consumer (Kafka 4.3) through the debug lines of its class AbstractFetch. */
export class FetchProgress {
  private readonly partitions = new Map<string, PartitionProgress>();
  private assigned = false;
  private stableSince: number | undefined;

  /** Takes in one line of the log; false if it says nothing about progress. */
  note(line: string): boolean {
    return this.noteAssignment(line) || this.noteRequest(line) || this.noteAnswer(line) || ROUTINE.test(line);
  }

  /** Whether everything that was committed when the reading began has been handed out. `now` in Unix milliseconds. */
  atEnd(now: number): boolean {
    if (!this.assigned) return false;
    const all = [...this.partitions.values()];
    if (!all.every((one) => one.stable !== undefined && (one.position ?? -1) >= one.stable)) {
      this.stableSince = undefined;
      return false;
    }
    this.stableSince ??= now;
    return all.every((one) => one.end === one.stable) || now - this.stableSince >= MARKER_GRACE_MS;
  }

  private noteAssignment(line: string): boolean {
    const names = /Adding newly assigned partitions: \[(.+)\]/.exec(line)?.[1];
    if (names === undefined) return false;
    this.assigned = true;
    for (const name of names.split(', ')) this.of(name);
    return true;
  }

  private noteRequest(line: string): boolean {
    const match = /fetch request for partition (\S+) at position FetchPosition\{offset=(\d+)/.exec(line);
    if (match === null) return false;
    this.of(match[1] ?? '').position = Number(match[2]);
    return true;
  }

  private noteAnswer(line: string): boolean {
    const match =
      /for partition (\S+) returned fetch data .*?errorCode=0, highWatermark=(\d+), lastStableOffset=(\d+)/.exec(
        line,
      );
    if (match === null) return false;
    const partition = this.of(match[1] ?? '');
    partition.end = Number(match[2]);
    partition.stable = Number(match[3]);
    return true;
  }

  private of(name: string): PartitionProgress {
    const known = this.partitions.get(name);
    if (known !== undefined) return known;
    const fresh: PartitionProgress = {};
    this.partitions.set(name, fresh);
    return fresh;
  }
}

/** The rest of what these classes log at the chosen levels, and an advertisement of a newer protocol. */
const ROUTINE = /^(AbstractFetch|ConsumerRebalanceListenerInvoker) |KIP-848/;
