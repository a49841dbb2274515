import { MASK } from '../src/domain/secret.js';

/** The tokens of Wildberries and the keys of Ozon. */
const KEYS: readonly RegExp[] = [
  /eyJ[\w-]{8,}(?:\.[\w-]+)*/u,
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iu,
];

/** Certificates' keys, a login before `@`, and other long keys with digits in them. */
const SECRET_LOOKS: readonly RegExp[] = [
  ...KEYS,
  /-----BEGIN/u,
  /:\S*@/u,
  /(?=[A-Za-z_+=-]*\d)[\w+=-]{32,}/u,
];

/** May the value of a setting be a secret that slipped into the wrong name? */
export function looksSecret(text: string): boolean {
  return SECRET_LOOKS.some((look) => look.test(text));
}

/**
 * The text without what looks like a marketplace's key and without the secrets of the environment: for what is to be said before
 * the settings have been read.
 */
export function withoutLikelySecrets(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const known = Object.entries(env).flatMap(([name, value = '']) =>
    /(?:PASSWORD|_KEY|_TOKEN|_SECRET|_PROXY|PING_URL|WEBHOOK_URL)$/u.test(name) && value.length >= 4
      ? [value]
      : [],
  );
  const masked = known.reduce((rest, secret) => rest.replaceAll(secret, () => MASK), text);
  return KEYS.reduce((rest, look) => rest.replace(new RegExp(look.source, `g${look.flags}`), MASK), masked);
}
