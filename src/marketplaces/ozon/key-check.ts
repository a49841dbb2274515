import type { OzonRoles } from './answers.js';
import type { OzonClient } from './client.js';

export interface NeededMethod {
  readonly path: string;
  /** May the key call it? Undefined where the answer does not tell. */
  readonly allowed: boolean | undefined;
}

export interface OzonKeyCheck {
  /** The key's last moment as Ozon writes it (ISO 8601), where it says. */
  readonly expiresAt: string | undefined;
  /** Methods the key may call, without repetition. */
  readonly allowed: readonly string[];
  /** Each path that was asked about, in that order. */
  readonly needed: readonly NeededMethod[];
  /** Those of them that the key may surely not call. */
  readonly missing: readonly string[];
}

/**
 * Asks Ozon about the key: works with any key that is valid at all, whatever its roles.
 *
 * @param neededPaths the methods that will be called (see `neededOzonMethods` and `OzonClient.paths`)
 * @throws AppError as every call: API_CREDENTIALS where the key is refused
 */
export async function checkOzonKey(
  client: Pick<OzonClient, 'roles'>,
  neededPaths: readonly string[],
  signal: AbortSignal,
): Promise<OzonKeyCheck> {
  const answer = await client.roles(signal);
  const allowed = [...new Set(answer.roles.flatMap(({ methods }) => methods))];
  const needed = neededPaths.map((path) => ({ path, allowed: isAllowed(path, answer, allowed) }));
  const missing = needed.filter((method) => method.allowed === false).map(({ path }) => path);
  return { expiresAt: answer.expiresAt, allowed, needed, missing };
}

/**
 * The documents' own example lists one method for "Admin", which may call all, and "/v1/posting" for a role with many
 * methods below that path: neither is proof of a lack.
 */
function isAllowed(path: string, { roles }: OzonRoles, allowed: readonly string[]): boolean | undefined {
  if (allowed.includes(path)) return true;
  const listsAll = allowed.length > 0 && !roles.some(({ name }) => /^admin/i.test(name));
  const listsFamily = allowed.some((listed) => path.startsWith(`${listed.replace(/\/+$/, '')}/`));
  return listsAll && !listsFamily ? false : undefined;
}
