import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/engines.js';
import { diskFull, logFolder } from './faults/disk-full.js';
import { ChaosLab } from './lab/chaos-lab.js';
import { SmallDisk } from './lab/small-disk.js';

const MEGABYTES = 192;

describe('the disk of the broker’s log is full', () => {
  let lab: ChaosLab | undefined;
  let disk: SmallDisk | null = null;
  beforeAll(async () => {
    const dir = scratchFolder('chaos-disk');
    mkdirSync(join(dir, 'kafka'), { recursive: true });
    disk = await SmallDisk.mount(logFolder(dir), MEGABYTES);
    if (disk !== null) lab = await ChaosLab.start(dir);
  }, 300_000);
  afterAll(async () => {
    await lab?.stop();
    await disk?.unmount();
  }, 120_000);

  it('nothing acknowledged is lost, every change is published exactly once (skipped where nothing may be mounted)', async (context) => {
    if (disk === null || lab === undefined) return context.skip('mounting a small disk takes root');
    const report = await lab.play([diskFull(disk)], Date.now() % 100_000);
    expect(report.differences, JSON.stringify(report.schedule, null, 1)).toEqual([]);
  }, 600_000);
});
