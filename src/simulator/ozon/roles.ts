import { type Answer, json } from '../http/answer.js';
import { grantedRoles, keyExpiresAt, type OzonAccess } from './access.js';

/** POST /v1/roles (Ozon docs): when the key ends, and what it may. The body, `{}` or none, does not matter. */
export function roles(access: OzonAccess): () => Answer {
  return () => {
    const expires = keyExpiresAt(access).toISOString();
    return json(200, { expires_at: expires, roles: grantedRoles(access.modes) });
  };
}
