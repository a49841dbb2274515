import { toScheduler } from '../schedule/job-child.js';

/** How far a command is. */
export interface ToldProgress {
  readonly done: number;
  readonly of: number;
  /** Milliseconds that it will still take, about; null: not known. */
  readonly leftMs: number | null;
}

/** Tells whoever has begun this process as a job; on a command line nobody. */
export function tellProgress(progress: ToldProgress): void {
  toScheduler()?.({ progress }, () => undefined);
}

/** Null for any other message of a job. */
export function progressIn(message: unknown): ToldProgress | null {
  if (typeof message !== 'object' || message === null || !('progress' in message)) return null;
  const { done, of, leftMs } = message.progress as ToldProgress;
  return { done, of, leftMs };
}
