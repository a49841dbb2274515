import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../engines/commands.js';

/** A disk of so many megabytes at a folder, that a test can fill up without harm to anybody else. */
export class SmallDisk {
  private constructor(private readonly folder: string) {}

  /** Null where this user may not mount anything. */
  static async mount(folder: string, megabytes: number): Promise<SmallDisk | null> {
    mkdirSync(folder, { recursive: true });
    const { code } = await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
    return code === 0 ? new SmallDisk(folder) : null;
  }

  /** Takes all that is left. */
  fill(): void {
    for (let part = 0; ; part += 1) {
      const { bavail, bsize } = statfsSync(this.folder);
      if (bavail === 0 || part > 20) return;
      try {
        writeFileSync(join(this.folder, `filler-${part}`), Buffer.alloc(bavail * bsize));
      } catch {
        // Others take some of it at the same time.
      }
    }
  }

  free(): void {
    for (let part = 0; part <= 20; part += 1) rmSync(join(this.folder, `filler-${part}`), { force: true });
  }

  async unmount(): Promise<void> {
    await runCommand('umount', ['-l', this.folder]);
  }
}
