import { afterAll, beforeAll, expect } from 'vitest';
import { scratchFolder } from '../../support/engines.js';
import { ChaosLab } from './chaos-lab.js';
import type { Fault } from './round.js';

type LabOptions = NonNullable<Parameters<typeof ChaosLab.start>[1]>;

/** A minute or two on two cores that nobody else uses; much more where somebody does. */
export const ROUND_MS = 900_000;

const SEED = Number(process.env.TEST_SEED ?? Date.now() % 100_000);

/** A lab of this file, and what plays faults in it: afterwards nothing may differ. */
export function chaosRounds(name: string, options: LabOptions = {}): (...faults: Fault[]) => Promise<void> {
  let lab: ChaosLab | undefined;
  let rounds = 0;
  beforeAll(async () => {
    lab = await ChaosLab.start(scratchFolder(name), options);
  }, 300_000);
  afterAll(() => lab?.stop(), 120_000);
  return async (...faults) => {
    rounds += 1;
    const report = await lab?.play(faults, SEED + rounds, true);
    const { seed, schedule, differences } = report ?? {};
    expect(differences, JSON.stringify({ seed, schedule, differences }, null, 1)).toEqual([]);
    // A judge that saw nothing has not judged.
    expect(report?.figures.published).toBeGreaterThan(0);
  };
}
