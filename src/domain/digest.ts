/**
 * A digest of a set of texts that does not depend on their order: good for telling whether two honest snapshots
 * hold the same keys, not against an adversary.
 */
export class SetDigest {
  private a = 0;
  private b = 0;
  private size = 0;

  add(text: string): void {
    let h1 = 0x811c9dc5;
    let h2 = 0x9747b28c;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      h1 = Math.imul(h1 ^ code, 0x01000193);
      h2 = Math.imul(h2 ^ code, 0x5bd1e995) ^ (h2 >>> 13);
    }
    this.a = (this.a + (h1 >>> 0)) % 0x100000000;
    this.b = (this.b ^ (h2 >>> 0)) >>> 0;
    this.size += 1;
  }

  toString(): string {
    return [this.size, this.a, this.b].map((part) => part.toString(16)).join('-');
  }
}
