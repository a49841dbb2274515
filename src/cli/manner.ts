/**
 * How the commands may print: decided here and nowhere else.
 *
 * Plain is a stream that no person watches, or whose watcher wants no colour (https://no-color.org), has a terminal
 * that can do nothing, or said `--plain`: no colour, no line that is redrawn, no drawn lines. With `--plain` rows of
 * tables name their columns too, so that each line says all by itself.
 */
type Stream = Pick<NodeJS.WriteStream, 'isTTY'>;

let isAskedFor = false;

/** `--plain` was given: from now on, for the whole process. */
export function printPlainly(asked: boolean): void {
  isAskedFor = asked;
}

export function isPlain(stream: Stream, env: NodeJS.ProcessEnv = process.env): boolean {
  return isAskedFor || stream.isTTY !== true || env.TERM === 'dumb' || (env.NO_COLOR ?? '') !== '';
}

/** May rows rely on standing below their heading? */
export function labelsRows(): boolean {
  return isAskedFor;
}

/** A person looks at both. Mails of cron stay as they are. */
export function isWatched(stdout: Stream, stderr: Stream): boolean {
  return stdout.isTTY === true && stderr.isTTY === true;
}
