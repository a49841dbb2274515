import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Place } from '../../../../src/cli/schedule/print/place.js';

/** An installation whose paths try the printer's quoting, with a stub for the program. */
export class OddInstallation implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'printed-'));
  readonly folder = join(this.root, 'it\'s 100 % $HOME "odd"');
  readonly place: Place;

  /** @param program JavaScript of the stub */
  constructor(program = '') {
    mkdirSync(join(this.folder, 'log'), { recursive: true });
    const launcher = join(this.folder, 'index.js');
    writeFileSync(launcher, program);
    writeFileSync(join(this.folder, '.env'), '');
    writeFileSync(join(this.root, 'package.json'), '{"type":"module"}');
    this.place = {
      node: process.execPath,
      launcher,
      envFile: join(this.folder, '.env'),
      installFolder: this.folder,
      logFolder: join(this.folder, 'log'),
      ownLogs: true,
      stateFolder: null,
      user: userInfo().username,
      group: spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim(),
      timeZone: 'Europe/Moscow',
      systemZone: 'UTC',
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

/** Where a tool of the system lies; undefined where it is not installed. */
export function toolPath(name: string): string | undefined {
  const search = `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`;
  const { status, stdout } = spawnSync('sh', ['-c', search], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
