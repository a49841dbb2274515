import type { Teller } from '../teller.js';
import { Board } from './board.js';
import { progressLines, type View } from './lines.js';
import { LiveLines } from './live-lines.js';

type Stream = NodeJS.WriteStream;

export interface Bars {
  readonly tell: Teller;
  /** Takes them away. */
  stop(): void;
}

/** Bars on a terminal; what is said in lines goes above them. */
export function startBars(stream: Stream, lines: Teller, view: Pick<View, 'locale' | 'timeZone'>): Bars {
  const board = new Board();
  const live = new LiveLines(stream, (columns) =>
    progressLines(board.progress, { ...view, columns, color: true, now: Date.now() }),
  );
  live.start();
  const { inProcess, draining, warning } = lines;
  return {
    tell: {
      planned: (source, feeds) => board.planned(source, feeds),
      began: (feed) => board.began(feed),
      page: (feed, reading) => board.page(feed, reading),
      ended: (feed, whole) => board.ended(feed, whole),
      waits: (source, bucket, until) => board.waits(source, bucket, until),
      read: (source) => board.read(source),
      applied: (source) => board.applied(source),
      over: (source) => board.over(source),
      warning: warning?.bind(lines),
      inProcess: inProcess?.bind(lines),
      draining: draining?.bind(lines),
    } as Teller,
    stop: () => live.stop(),
  };
}
