import { EXIT } from '../errors.js';
import type { CommandContext } from './context.js';
import { Closers, terminateChildren } from './demo/closers.js';
import { DemoFolder } from './demo/folder.js';
import { DEMO_WORDS } from './demo/languages.js';
import { Screen } from './demo/screen.js';
import { Story } from './demo/story.js';

const STEPS = { once: 5, live: 6 };

/** `inventory-sync demo [--once] [--no-open]`: the whole pipe on this machine, with invented marketplaces. */
export async function demo(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const { shutdown } = context;
  const once = options.once === true;
  const loaded = await context.settings();
  const folder = await DemoFolder.open();
  const closers = new Closers();
  const screen = new Screen(context, once ? STEPS.once : STEPS.live);
  const words = DEMO_WORDS[context.locale];
  const story = new Story({ loaded, folder, closers, screen, words, signal: shutdown.signal });
  // A terminal that closes asks for an orderly end too.
  const hangUp = () => process.kill(process.pid, 'SIGTERM');
  process.on('SIGHUP', hangUp).on('exit', terminateChildren);
  try {
    await Promise.race([story.tell({ once, open: options.open !== false }), shutdown.requested()]);
  } catch (error) {
    // Told to stop, its work breaks off somewhere.
    if (!shutdown.signal.aborted) throw error;
  } finally {
    screen.mute();
    const failures = await closers.closeAll();
    for (const failure of failures) context.complain(failure);
    folder.close();
    process.off('SIGHUP', hangUp);
  }
  // Stopped after it had shown everything: that is how it ends.
  return story.isTold ? EXIT.ok : (context.signalExitCode ?? EXIT.ok);
}
