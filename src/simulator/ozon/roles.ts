import { type Answer, json } from '../http/answer.js';
import { keyExpiresAt, type OzonAccess, ROLES } from './access.js';

/** POST /v1/roles (Ozon docs): when the key ends, and what it may. The body, `{}` or none, does not matter. */
export function roles(access: OzonAccess): () => Answer {
  return () => {
    const granted = access.modes.access === 'role-missing' ? [] : ROLES;
    return json(200, { expires_at: keyExpiresAt(access).toISOString(), roles: granted });
  };
}
