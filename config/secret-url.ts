import { MASK } from '../src/domain/secret.js';

/** Shorter paths and segments are words such as `hook`, and masking them would mask half of every text. */
const LEAST = { path: 12, segment: 16 };

/** The address as it may be shown: its host. */
export function shownUrl(text: string): string {
  const { protocol, host } = new URL(text);
  return `${protocol}//${host}/${MASK}`;
}

/** What of a secret address is a secret in itself, for messages that quote it in part. */
export function secretParts(text: string): readonly string[] {
  const { password, pathname, search } = new URL(text);
  const whole = `${pathname}${search}`.slice(1);
  const paths = [whole, pathname.slice(1)].filter(({ length }) => length >= LEAST.path);
  const segments = whole.split(/[/?&=]/u).filter(({ length }) => length >= LEAST.segment);
  return [...new Set([password, decoded(password), ...paths, ...segments])].filter((part) => part !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
