import { hostname } from 'node:os';

const LONGEST = 64;

/** How a run names itself in the leases that it holds: for the people whom it keeps out. At most 64 printable ASCII characters. */
export function leaseOwner(runId: string, pid: number = process.pid, host: string = hostname()): string {
  const [before, after] = [`sync ${pid}@`, ` ${runId.slice(0, 8)}`];
  // A host's name may hold anything; its first part says enough where all of it does not fit.
  const plain = host.replaceAll(/[^\u0021-\u007e]+/g, '-') || 'unknown-host';
  return `${before}${plain.slice(0, LONGEST - before.length - after.length)}${after}`;
}
