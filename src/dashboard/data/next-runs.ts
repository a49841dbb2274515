import type { Config } from '../../../config/schema.js';
import { scheduled } from '../../cli/schedule/clock.js';
import { jobsOf } from '../../cli/schedule/table.js';
import { configuredSources } from '../../configured-shops.js';
import type { Source } from '../../domain/stock-key.js';

/** When a source is read next by the timetable, Unix milliseconds; whether anybody goes by it is another question. */
export function nextRunOf(
  config: Pick<Config, 'schedule' | 'timeZone' | 'ozon' | 'wildberries'>,
): (source: Source, now: number) => number | null {
  const timeZone = config.schedule.timeZone ?? config.timeZone;
  const jobs = jobsOf(config.schedule.profile, configuredSources(config))
    .filter(({ args }) => args[0] === 'sync')
    .map((job) => scheduled(job, { timeZone, jitterMs: 0, seed: '' }));
  return (source, now) => {
    const starts = jobs
      .filter(({ holds }) => holds.includes(source))
      .flatMap((job) => job.nextAfter(now) ?? []);
    return starts.length === 0 ? null : Math.min(...starts);
  };
}
