import { AppError, type BilingualAdvice } from '../../errors.js';

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
  const empty = value === '';
  throw new AppError(
    'API_CREDENTIALS',
    empty ? `${name} is empty` : `${name} holds spaces or characters that no key or token can hold`,
    { advice: empty ? missing(name) : unfit(name) },
  );
}

function missing(name: string): BilingualAdvice {
  return {
    en: { what: `${name} is not set.`, remedy: `Copy the value from the seller's account and set ${name}.` },
    ru: {
      what: `Настройка ${name} пуста.`,
      remedy: `Скопируйте значение из кабинета продавца и запишите его в ${name}.`,
    },
  };
}

function unfit(name: string): BilingualAdvice {
  return {
    en: {
      what: `${name} holds characters that no key or token can hold.`,
      remedy: `Copy the value from the seller's account again, whole and without spaces, and set ${name}.`,
    },
    ru: {
      what: `В ${name} есть пробелы или символы, которых в ключе или токене быть не может.`,
      remedy: `Скопируйте значение из кабинета продавца ещё раз, целиком и без пробелов, и запишите его в ${name}.`,
    },
  };
}
