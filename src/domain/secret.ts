/** Node's hook for `util.inspect` and `console.log`; asked for by its public name, as this folder imports no `node:*`. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** What is shown wherever a secret would have been. */
export const MASK = '***';

/**
 * A password, key or token that cannot be shown by accident: as text, in JSON and under `util.inspect` it is
 * {@link MASK}. Only {@link Secret.reveal} gives the value; call it where the value is used and nowhere before.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [INSPECT](): string {
    return MASK;
  }
}
