/**
 * The metadata of our own offset commits. Only a commit that carries it says "published up to here": offsets that
 * were reset by a tool, or copied from another group or another life of the topic, carry none or another.
 */
export function stampOf(life: number, offset: number): string {
  return `inventory-sync/1 ${life} ${offset}`;
}

export function isOurStamp(stamp: string | null, life: number, offset: number): boolean {
  return stamp === stampOf(life, offset);
}
