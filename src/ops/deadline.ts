import type { AppError } from '../errors.js';

/**
 * The work's outcome, or the error of `late` where it takes longer. The work itself goes on: whoever calls sees to
 * it that nothing waits for it.
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => AppError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
