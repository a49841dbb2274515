import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../engines/commands.js';
import { enginesHome } from '../../engines/paths.js';

/**
 * Prometheus' own checker: one that is installed, else out of Debian's package, which is unpacked beside the engines and
 * not installed. Null where neither can be had.
 */
export async function promtool(): Promise<string | null> {
  const installed = await runCommand('sh', ['-c', 'command -v promtool']);
  if (installed.code === 0) return installed.output.trim();
  const home = join(enginesHome(), 'prometheus');
  const program = join(home, 'promtool');
  if (existsSync(program)) return program;
  const work = mkdtempSync(join(enginesHome(), 'unpack-'));
  try {
    if ((await runCommand('apt-get', ['download', 'prometheus'], { cwd: work })).code !== 0) return null;
    const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
    if (archive === undefined) return null;
    if ((await runCommand('dpkg', ['-x', archive, 'root'], { cwd: work })).code !== 0) return null;
    const unpacked = join(work, 'root', 'usr', 'bin', 'promtool');
    if (!existsSync(unpacked)) return null;
    mkdirSync(home, { recursive: true });
    // Whole or not at all: another run may look for it at this moment.
    cpSync(unpacked, join(work, 'promtool'));
    renameSync(join(work, 'promtool'), program);
    return program;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
