import { describe, expect, it } from 'vitest';
import type { NowRun } from '../../../../src/dashboard/data/now.js';
import { eta, lastError, runLine } from '../../../../src/dashboard/pages/now-runs.js';
import { formatOf } from '../../../../src/dashboard/words/format.js';

const NOW = Date.UTC(2026, 0, 2, 12);
const format = formatOf('en', 'Europe/Moscow');
const run = (given: Partial<NowRun>): NowRun => ({
  source: 'ozon',
  account: '1',
  status: 'success',
  records: 1000,
  code: null,
  error: null,
  startedAt: NOW - 600_000,
  finishedAt: NOW,
  ...given,
});

describe('a run under way', () => {
  it('shows how far it is, by the last one that went well, and how long it will take at this pace', () => {
    const text = runLine(run({ status: 'running', records: 250 }), run({}), NOW, format).text;
    expect(text).toContain('max="1000" value="250"');
    expect(text).toContain('about 30 min left');
  });

  it('foretells nothing where it cannot know', () => {
    const started = { startedAt: NOW - 600_000 };
    expect(eta({ ...started, records: 0 }, 1000, NOW)).toBeNull();
    expect(eta({ ...started, records: 1200 }, 1000, NOW)).toBeNull();
    expect(eta({ startedAt: NOW + 5, records: 10 }, 1000, NOW)).toBeNull();
    expect(eta({ ...started, records: 999 }, 1000, NOW)).toBe(60_000);
    expect(runLine(run({ status: 'running', records: 5 }), null, NOW, format).text).not.toContain('progress');
  });
});

describe('the last error', () => {
  const bad = run({
    status: 'failed',
    code: 'API_CREDENTIALS',
    error: 'refused: <key>',
    startedAt: NOW - 1000,
  });
  const source = { source: 'ozon', feeds: [], last: bad, lastBad: bad, lastGood: run({}) } as const;

  it('comes with its remedy', () => {
    const text = lastError(source, format).text;
    expect(text).toContain('refused: &lt;key&gt;');
    expect(text).toContain('What to do:</b> The key is refused');
  });

  it('stands back once a read has gone well', () => {
    const text = lastError({ ...source, lastGood: run({ startedAt: NOW }) }, format).text;
    expect(text).toContain('reads have succeeded since');
    expect(text).not.toContain('What to do');
  });
});
