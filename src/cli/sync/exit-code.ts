import { EXIT } from '../../errors.js';

/** Exit codes of what is not a failure of the whole source. */
const HALF_WELL: ReadonlySet<number> = new Set([EXIT.ok, EXIT.held, EXIT.partial]);

/**
 * The exit code of a run over several sources (README, exit codes), from the code that each feed alone would end
 * with: 0 done, 3 incomplete, 4 held, 75 put off by the marketplace, 5 another run is at it, 2 settings, 1 failed.
 *
 * | all feeds of all sources | code |
 * | --- | --- |
 * | done | 0 |
 * | what is not done is put off | 75 |
 * | what is not done is held, or held and put off | 4 |
 * | no source brought anything, all for the same reason | that reason's own code |
 * | no source brought anything: put off, or another run at it | 75 |
 * | no source brought anything, for different reasons | 1 |
 * | anything else: some of it worked | 3 |
 */
export function runExit(sources: readonly (readonly number[])[]): number {
  const bad = new Set(sources.flat().filter((code) => code !== EXIT.ok));
  if (bad.size === 0) return EXIT.ok;
  if (only(bad, EXIT.deferred)) return EXIT.deferred;
  if (only(bad, EXIT.held, EXIT.deferred)) return EXIT.held;
  if (sources.some((feeds) => feeds.length === 0 || feeds.some((code) => HALF_WELL.has(code))))
    return EXIT.partial;
  const [code] = bad;
  if (bad.size === 1 && code !== undefined) return code;
  return only(bad, EXIT.busy, EXIT.deferred) ? EXIT.deferred : EXIT.failed;
}

function only(codes: ReadonlySet<number>, ...allowed: readonly number[]): boolean {
  return [...codes].every((code) => allowed.includes(code));
}
