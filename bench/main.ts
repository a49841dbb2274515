import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { enginesDown, enginesUp, type RunningEngines } from '../engines/engines.js';
import { dataFolder, enginesHome } from '../engines/paths.js';
import { benchDashboard } from './dashboard.js';
import { benchGrowth } from './growth.js';
import { benchLatency } from './latency.js';
import { Bench } from './pipeline.js';
import { upsertEveryRow } from './plain-upsert.js';
import { benchPolling } from './polling.js';
import { benchReplay } from './replaying.js';
import { benchScaling } from './scaling.js';
import { benchStartUp } from './start-up.js';
import { type Figure, printTable } from './table.js';

/**
 * Parts, all unless one is named (`--part polling|projection|dashboard|latency|growth|scaling|replay|start-up`).
 * Polling: from a marketplace's answer to acknowledged raw records. Projection: rows per second from "the raw records
 * lie in the topic" to "applied in MySQL and changes published", beside a plain multi-row upsert of every row in the
 * same run: ratios within a run hold where absolute figures drift. Dashboard: how long pages take over a large shop.
 * What the others measure is said where they are.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '3' },
    part: { type: 'string', default: 'all' },
    /** Catalogues of `growth` that are larger than this are left out. */
    'rows-most': { type: 'string', default: '3000000' },
    /** Raw rows that `replay` reads. */
    'replay-rows': { type: 'string', default: '10000000' },
    dir: { type: 'string', default: join(enginesHome(), `bench-${randomUUID().slice(0, 8)}`) },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const isAsked = (part: string) => values.part === part || values.part === 'all';
const dir = dataFolder(values.dir);

try {
  const engines = await enginesUp({
    dir,
    kafkaHeap: '1g',
    mysqlArgs: ['--innodb-buffer-pool-size=1G'],
    onProgress: (line) => console.error(line),
  });
  if (isAsked('polling')) await benchPolling(engines);
  if (isAsked('projection')) await benchProjection(engines);
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

async function benchProjection(engines: RunningEngines): Promise<void> {
  const figures: Figure[] = [];
  const note = (name: string, seconds: number) => {
    figures.push({ name, rows, seconds });
    console.error(`${name}: ${seconds.toFixed(2)} s, ${Math.round(rows / seconds)} rows/s`);
  };
  const noteSnapshot = async (name: string, bench: Bench, changedShare: number) => {
    note(name, await bench.snapshot(changedShare));
    console.error(
      [...bench.stages].map(([stage, seconds]) => `  → ${stage} ${seconds.toFixed(2)} s`).join(''),
    );
  };
  for (let round = 1; round <= rounds; round += 1) {
    console.error(`round ${round} of ${rounds}`);
    const bench = await Bench.start(engines, rows);
    try {
      note('A plain upsert, first seen', await upsertEveryRow(engines, rows, 0));
      await noteSnapshot('first seen', bench, 0);
      note('A plain upsert, time moves', await upsertEveryRow(engines, rows, 1));
      await noteSnapshot('2 % changed', bench, 0.02);
      await noteSnapshot('unchanged', bench, 0);
      await noteSnapshot('100 % changed', bench, 1);
    } finally {
      await bench.close();
    }
  }
  printTable(figures);
  console.log(`peak memory of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}
