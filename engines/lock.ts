import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { messageOf } from '../src/errors.js';

/**
 * Runs `work` while nobody else on this machine does work under the same name.
 *
 * The lock is a socket name in Linux' abstract namespace: taking it is atomic, and the kernel gives it back when
 * the holder dies, however it dies. A lock file would need a guess about whether its owner still lives.
 */
export async function withLock<T>(
  name: string,
  onWait: (() => void) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const address = addressOf(name);
  let told = false;
  let holder = await tryToHold(address);
  while (holder === undefined) {
    if (!told) {
      told = true;
      onWait?.();
    }
    await untilReleased(address);
    holder = await tryToHold(address);
  }
  try {
    return await work();
  } finally {
    holder.release();
  }
}

/** Takes the lock if it is free and keeps it until released or until this process ends, which it does not hold up. */
export function tryLock(name: string): Promise<Held | undefined> {
  return tryToHold(addressOf(name));
}

export interface Held {
  release(): void;
}

/** As long as such a name can be: shorter ones are padded by Node 20 and not by Node 24, and would be two locks. */
const ADDRESS_LENGTH = 107;

function addressOf(name: string): string {
  const address = `inventory-sync-${createHash('sha512').update(name).digest('hex')}`;
  return `\0${address.slice(0, ADDRESS_LENGTH)}`;
}

function tryToHold(address: string): Promise<Held | undefined> {
  return new Promise((done, fail) => {
    const waiting = new Set<{ destroy(): void }>();
    const server: Server = createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => undefined).on('close', () => waiting.delete(socket));
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(undefined);
      else fail(new Error(`no lock could be taken: ${messageOf(error)}`, { cause: error }));
    });
    server.unref();
    server.listen(address, () => {
      done({
        release: () => {
          server.close();
          for (const socket of waiting) socket.destroy();
        },
      });
    });
  });
}

/** Resolves when the holder's end of the connection goes, or at once when there is no holder any more. */
function untilReleased(address: string): Promise<void> {
  return new Promise((done) => {
    const socket = connect(address);
    socket.on('error', () => undefined);
    socket.on('close', () => done());
    socket.resume();
  });
}
