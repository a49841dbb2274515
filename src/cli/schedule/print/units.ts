import { dirname } from 'node:path';
import type { Place } from './place.js';
import { unitPath, unitWord } from './shell.js';

/** One file of systemd's. */
export interface Unit {
  readonly name: string;
  readonly text: string;
}

/** `[section, lines]`; a line that is undefined is left out. */
export type Section = readonly [name: string, lines: readonly (string | undefined)[]];

export function unit(name: string, sections: readonly Section[]): Unit {
  const text = sections
    .map(([section, lines]) => `[${section}]\n${lines.filter((line) => line !== undefined).join('\n')}\n`)
    .join('\n');
  return { name, text };
}

/** The command line of a command of this program. */
export function execStart({ node, launcher, envFile }: Place, args: readonly string[]): string {
  const settings = envFile === null ? [] : ['--env-file', envFile];
  return `ExecStart=${[node, launcher, ...settings, ...args].map(unitWord).join(' ')}`;
}

/** Who it runs as, and where. */
export function identity({ user, group, installFolder }: Place): string[] {
  return [
    `User=${user}`,
    ...(group === null ? [] : [`Group=${group}`]),
    `WorkingDirectory=${unitPath(installFolder)}`,
    'UMask=0027',
  ];
}

/**
 * What the service may not do. Two usual lines are missing on purpose: MemoryDenyWriteExecute= ends Node at once, for
 * its compiler writes the code that it runs, and SystemCallFilter= differs too much from one Node to the next.
 */
export function hardening(place: Place): (string | undefined)[] {
  const paths = [place.node, place.launcher, place.envFile ?? place.installFolder];
  const isIn = (...folders: string[]) =>
    paths.some((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
  return [
    'NoNewPrivileges=true',
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    // Node by nvm, or the program itself, may live in somebody's home.
    `ProtectHome=${isIn('/home', '/root') ? 'read-only' : 'true'}`,
    isIn('/tmp', '/var/tmp') ? undefined : 'PrivateTmp=true',
    'PrivateDevices=true',
    'ProtectKernelTunables=true',
    'ProtectKernelModules=true',
    'ProtectKernelLogs=true',
    'ProtectControlGroups=true',
    'ProtectClock=true',
    'ProtectHostname=true',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictNamespaces=true',
    'RestrictRealtime=true',
    'RestrictSUIDSGID=true',
    'LockPersonality=true',
    'SystemCallArchitectures=native',
    ...writable(place),
  ];
}

/** What may be written to; systemd makes those folders that lie where it looks after folders. */
function writable({ logFolder, ownLogs, stateFolder }: Place): string[] {
  const folders = [...(ownLogs ? [logFolder] : []), ...(stateFolder === null ? [] : [stateFolder])];
  return folders.flatMap((folder) => {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    const isPlain = /^[\w.-]+$/.test(name);
    if (dirname(folder) === '/var/log' && isPlain) return [`LogsDirectory=${name}`, 'LogsDirectoryMode=0750'];
    if (dirname(folder) === '/var/lib' && isPlain)
      return [`StateDirectory=${name}`, 'StateDirectoryMode=0750'];
    return [`ReadWritePaths=-${unitWord(folder)}`];
  });
}
