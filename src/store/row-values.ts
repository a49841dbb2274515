/** A moment as a driver hands it over, in Unix milliseconds. What the server computes comes as text, in UTC. */
export function timeOf(value: unknown): number | null {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) : null;
}

export function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
