import { statfsSync, statSync } from 'node:fs';

/**
 * File systems that keep no modes, by the numbers of Linux's statfs(2): vfat, exfat, both NTFS drivers, CIFS, SMB 2
 * and 9p, the one under which WSL shows Windows' disks. What they show comes from the mount, and chmod changes nothing.
 */
const WITHOUT_MODES: ReadonlySet<number> = new Set([
  0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0xff534d42, 0xfe534d42, 0x01021997,
]);

/** tmpfs and ramfs: Kubernetes mounts secrets there. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Docker mounts secrets here, readable by all and not to be changed; nobody else lives in the container. */
const SECRET_MOUNT = /^\/run\/secrets\//u;

function typeOf(path: string): number {
  try {
    // As an unsigned number: on 32-bit systems the highest bit is the sign.
    return Number(BigInt.asUintN(32, BigInt(statfsSync(path).type)));
  } catch {
    return 0;
  }
}

/** A sentence where others on this machine may get at a file with secrets. Pipes and devices have no say in their mode. */
function modeWarning(path: string, isExcused: (type: number) => boolean): string[] {
  const stat = statSync(path);
  if (process.platform === 'win32' || !stat.isFile() || (stat.mode & 0o077) === 0) return [];
  if (isExcused(typeOf(path))) return [];
  const mode = (stat.mode & 0o777).toString(8);
  return [
    `${path} has mode ${mode}: other users of this machine can get at it; run: chmod 600 ${quoted(path)}`,
  ];
}

/** For the shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

/** About a `.env`. @throws what `stat` throws */
export function envFileModeWarning(path: string): string[] {
  return modeWarning(path, (type) => WITHOUT_MODES.has(type));
}

/** About a file that holds one secret. Those that an orchestrator mounts have the modes that it gives them. */
export function secretFileModeWarning(path: string): string[] {
  if (SECRET_MOUNT.test(path)) return [];
  return modeWarning(path, (type) => WITHOUT_MODES.has(type) || IN_MEMORY.has(type));
}
