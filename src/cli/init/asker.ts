import { isCancel, password, select, text } from '@clack/prompts';
import { isPlain } from '../manner.js';

/** Ctrl-C in the middle of a question, or a signal. */
export class Cancelled extends Error {}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** Says what is wrong with an answer; undefined where it will do. */
type Check = (answer: string) => string | undefined;

/** Somebody who answers. @throws Cancelled from each method */
export interface Asker {
  /** @param fallback what Enter alone means; undefined where that is no answer */
  text(message: string, fallback: string | undefined, check: Check): Promise<string>;
  /** Not shown while it is typed; Enter alone answers the empty text, for `check` to judge. */
  secret(message: string, check: Check): Promise<string>;
  /** The first one is what Enter means. */
  choose<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T>;
}

/** Asks on the terminal. Its prompts alone are used: the package's spinner ends the process by itself on Ctrl-C. */
export function terminalAsker(signal: AbortSignal): Asker {
  // Serial lines and terminals made for a program may say that they are of no size, and nothing fits into that.
  process.stdout.columns ||= 80;
  process.stdout.rows ||= 24;
  // Plain questions are not redrawn while they are answered; else ACCESSIBLE in the environment says so.
  const common = { signal, ...(isPlain(process.stdout) ? { accessible: true } : {}) };
  return {
    async text(message, fallback, check) {
      const given = await text({
        message,
        ...common,
        ...(fallback === undefined ? {} : { placeholder: fallback, defaultValue: fallback }),
        validate: (answer) => check(answer === undefined || answer === '' ? (fallback ?? '') : answer),
      });
      return answered(given) || (fallback ?? '');
    },
    async secret(message, check) {
      return (
        answered(await password({ message, ...common, validate: (answer) => check(answer ?? '') })) || ''
      );
    },
    async choose<T extends string>(message: string, choices: readonly Choice<T>[]) {
      const options = choices.map(({ value, label }) => ({ value: value as string, label }));
      return answered(await select({ message, ...common, options, showInstructions: false })) as T;
    },
  };
}

function answered<T>(given: T): Exclude<T, symbol> {
  if (isCancel(given)) throw new Cancelled();
  return given as Exclude<T, symbol>;
}
