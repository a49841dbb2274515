import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { enginesDown, enginesUp, type RunningEngines } from '../engines/engines.js';
import { dataFolder, enginesHome } from '../engines/paths.js';
import { benchDashboard } from './dashboard.js';
import { benchGrowth } from './growth.js';
import { benchLatency } from './latency.js';
import { benchPolling } from './polling.js';
import { ratiosOf } from './projection/figures.js';
import { benchProjection } from './projection/projection.js';
import { holdsAgainst, printRuns, printVerdicts, saveBaseline } from './projection/report.js';

import { benchReplay } from './replaying.js';
import { benchScaling } from './scaling.js';
import { benchStartUp } from './start-up.js';

/**
 * Parts, all unless one is named (`--part polling|projection|dashboard|latency|growth|scaling|replay|start-up`).
 * Polling: from a marketplace's answer to acknowledged raw records. Projection: rows per second from "the raw records
 * lie in the topic" to "applied in MySQL and changes published", beside what does less work on the same rows in the
 * same run: ratios within a run hold where absolute figures drift. `--save` keeps them, `--check` fails when one has
 * fallen. Dashboard: how long pages take over a large shop. What the others measure is said where they are.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '5' },
    part: { type: 'string' },
    /** Of the projection: without those that it is measured by. */
    alone: { type: 'boolean', default: false },
    /** Of the projection: a folder for CPU profiles of the worker, one per case and round. */
    profile: { type: 'string' },
    save: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    /** Catalogues of `growth` that are larger than this are left out. */
    'rows-most': { type: 'string', default: '3000000' },
    /** Raw rows that `replay` reads. */
    'replay-rows': { type: 'string', default: '10000000' },
    dir: { type: 'string', default: join(enginesHome(), `bench-${randomUUID().slice(0, 8)}`) },
  },
});
const rows = Number(values.rows);
const BASELINE = join('bench', 'baseline.json');
const part = values.part ?? (values.save || values.check ? 'projection' : 'all');
const isAsked = (name: string) => part === name || part === 'all';
const dir = dataFolder(values.dir);

try {
  const engines = await enginesUp({
    dir,
    kafkaHeap: '1g',
    mysqlArgs: ['--innodb-buffer-pool-size=1G', '--local-infile=1'],
    onProgress: (line) => console.error(line),
  });
  if (isAsked('polling')) await benchPolling(engines);
  if (isAsked('projection')) await projection(engines);
  if (isAsked('dashboard')) await benchDashboard(engines);
  if (isAsked('latency')) await benchLatency(engines, { busyRows: rows });
  if (isAsked('growth')) await benchGrowth(engines, Number(values['rows-most']));
  if (isAsked('scaling')) await benchScaling(engines, Math.round(rows / 12));
  if (isAsked('replay')) await benchReplay(engines, Number(values['replay-rows']));
  if (isAsked('start-up')) await benchStartUp(engines);
} finally {
  await enginesDown({ dir });
  rmSync(dir, { recursive: true, force: true });
}

async function projection(engines: RunningEngines): Promise<void> {
  const { alone, profile } = values;

  const runs = await benchProjection(engines, { rows, rounds: Number(values.rounds), alone, profile });
  const ratios = ratiosOf(runs);
  printRuns(runs);
  printVerdicts(ratios);
  if (values.check && !holdsAgainst(BASELINE, { rows, ratios })) process.exitCode = 1;
  if (values.save) saveBaseline(BASELINE, { rows, ratios });
}
