import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { AppError, messageOf } from '../../errors.js';
import { isWatched } from '../manner.js';
import { WORDS } from '../words.js';
import { Child } from './child.js';
import { shownPath } from './report.js';
import type { DemoParts, Stage } from './set-up.js';

const READY_MS = 90_000;
/** A page of two thousand products, on a machine that is busy with the rest of the demo. */
const PAGE_MS = 30_000;

/** The demo's dashboard, a process of its own. */
export interface DemoDashboard {
  readonly url: string;
}

/** Started before the day begins, so that a person may watch it; answers when it can be opened. */
export async function startDashboard(
  { folder, closers, screen, words }: DemoParts,
  { settings }: Stage,
): Promise<DemoDashboard> {
  const startedAt = Date.now();
  const logFile = join(folder.logs, 'dashboard.log');
  const name = words.dashboardName;
  const { port } = settings.config.dashboard;
  const url = `http://127.0.0.1:${port}`;
  const child = new Child({
    ...{ name, args: ['dashboard'], envFile: folder.envFile, logFile },
    words: WORDS[screen.locale],
  });
  closers.add(async () => {
    await child.stop();
    screen.sayAtEnd(words.stopped(name));
  });
  await child.says(url, READY_MS);
  screen.done(words.dashboard(url), startedAt);
  screen.detail(words.dashboardToken(shownPath(folder.envFile)));
  void child.ended.then(({ code, signal }) => {
    if (!child.isStopping) screen.trouble(words.dashboardEnded(signal ?? code ?? '', shownPath(logFile)));
  });
  return { url };
}

/** Asks for the page once, as a browser would. @throws ENGINE_FAILED where it is no page */
export async function askPage({ screen, words, signal }: DemoParts, { url }: DemoDashboard): Promise<void> {
  const startedAt = Date.now();
  const failed = (what: string, cause?: unknown) =>
    new AppError('ENGINE_FAILED', `the dashboard at ${url} ${what}`, { cause });
  const timely = AbortSignal.any([signal, AbortSignal.timeout(PAGE_MS)]);
  const answer = await fetch(url, { signal: timely }).catch((error: unknown) => {
    throw failed(`gave no answer: ${messageOf(error)}`, error);
  });
  const page = await answer.text();
  if (answer.status !== 200 || !page.includes('</html>')) throw failed(`answered ${answer.status}`);
  screen.done(words.dashboardAnswered(url, answer.status), startedAt);
}

/** In the browser of whoever sits in front of this machine; nothing happens where nobody does. */
export function openInBrowser({ url }: DemoDashboard): void {
  const command = browserCommand(process.platform, process.env, isWatched(process.stdout, process.stderr));
  if (command === null) return;
  const child = spawn(command, [url], { detached: true, stdio: 'ignore' });
  // A desktop without it: the address has been told.
  child.once('error', () => undefined);
  child.unref();
}

/** @param isWatched whether the demo runs in a terminal; from far away there is no desktop to open anything on */
export function browserCommand(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  isWatched: boolean,
): string | null {
  if (!isWatched || env.SSH_CONNECTION !== undefined || env.CI !== undefined) return null;
  if (platform === 'darwin') return 'open';
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : null;
}
