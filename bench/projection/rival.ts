/** One of those that the worker is measured by, in a process of its own. */
import type { RivalName } from './cases.js';
import { type Deeds, serve } from './child.js';
import type { Place } from './place.js';
import { PlainTable } from './plain-table.js';
import {
  drainAndUpsert,
  drainOnly,
  loadFromMemory,
  type Rival,
  type RivalTask,
  upsertFromMemory,
} from './rivals.js';

let table: PlainTable | undefined;
let rival: Rival = drainOnly;

const deeds = {
  async start({ name, place, rows }: { name: RivalName; place: Place; rows: number }): Promise<void> {
    if (name === 'C') return;
    table = await PlainTable.create(place, `${place.database}_${name}`);
    rival =
      name === 'A'
        ? upsertFromMemory(table, rows)
        : name === 'B'
          ? loadFromMemory(table, rows)
          : drainAndUpsert(table);
  },
  run: (task: RivalTask) => rival(task),
  finish: async (_: null) => table?.drop(),
} satisfies Deeds;
export type RivalDeeds = typeof deeds;
serve(deeds);
