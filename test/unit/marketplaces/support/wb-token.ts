/** A token of the shape Wildberries gives out; the signature is nonsense, as nobody but Wildberries can check it. */
export function wbToken(payload: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const whole = {
    id: 'a1',
    exp: 1_811_000_000,
    sid: SID,
    s: 16_126,
    acc: 3,
    for: 'self',
    t: false,
    ...payload,
  };
  return `${part({ alg: 'ES256', kid: '20250904v1', typ: 'JWT' })}.${part(whole)}.${'c2lnbmF0dXJl'.repeat(4)}`;
}

export const SID = '5b1f7e2a-0c3d-4e5f-8a9b-112233445566';
