import { AppError } from '../../errors.js';

/** A key or token that shows itself only when asked (see `Secret` in the domain). */
export interface Revealable {
  reveal(): string;
}

/**
 * The secret as it goes into a header: white space around it (a file's last newline) is dropped.
 *
 * @param name the setting to blame, for example `OZON_API_KEY`
 * @throws AppError API_CREDENTIALS where it is empty or holds what no header can carry; the value is not shown
 */
export function headerSecret(secret: Revealable, name: string): string {
  const value = secret.reveal().trim();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new AppError(
    'API_CREDENTIALS',
    value === '' ? `${name} is empty` : `${name} holds spaces or characters that no key or token can hold`,
    { remedy: `Copy the value from the seller's account again and set ${name}.` },
  );
}
