import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

const HOUR_MS = 3_600_000;

describe('sync and the marketplaces’ limits', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_limits', { ozonProducts: 20, wbProducts: 20 });
  });
  afterAll(() => lab.close());

  const limited = () => lab.simulator.faults.inject({ kind: '429', match: 'ozon', retrySeconds: 3600 });
  const asked = () => lab.simulator.requests().filter(({ source }) => source === 'ozon').length;
  const until = (stdout: string): number => {
    const { sources } = JSON.parse(stdout);
    expect(sources[0]).toMatchObject({ source: 'ozon', status: 'failed', error: { code: 'API_LIMITED' } });
    return Date.parse(sources[0].error.deferredUntil);
  };

  it('puts off what must wait for longer than SYNC_WAIT, until the same time in the next run, without asking', async () => {
    limited();
    const first = await lab.run(['sync', '--source=ozon', '--json'], { SYNC_WAIT: '1' });
    expect(first).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('Error: ozon: deferred until '),
    });
    expect(first.stderr).toMatch(/^Remedy: /m);
    const due = until(first.stdout);
    expect(due).toBeGreaterThan(Date.now() + 0.9 * HOUR_MS);

    const before = asked();
    const second = await lab.run(['sync', '--source=ozon', '--json'], { SYNC_WAIT: '1' });
    expect(second).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('Error: ozon: deferred until '),
    });
    expect(Math.abs(until(second.stdout) - due)).toBeLessThan(10_000);
    expect(asked()).toBe(before);
    expect((await lab.runs())[0]).toMatchObject({
      ...{ source: 'ozon', status: 'failed', error_code: 'API_LIMITED', finished_at: expect.any(Date) },
      error: expect.stringMatching(/\(.+\)$/),
    });
  });

  it('does the other source meanwhile, and still says 75: nothing is wrong, it only comes later', async () => {
    const { code, stdout, stderr } = await lab.run(['sync', '--json'], { SYNC_WAIT: '1' });
    expect({ code, stderr }).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('ozon: deferred until'),
    });
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 75,
      sources: [{ status: 'failed' }, { source: 'wildberries', status: 'success' }],
    });
    expect(await lab.levels('wildberries')).toEqual(lab.truth('wildberries'));
  });

  it('waits where SYNC_WAIT allows it, and says until when', async () => {
    await lab.db.execute('DELETE FROM rate_limits');
    lab.simulator.faults.inject({ kind: '429', match: 'ozon', retrySeconds: 3 });
    const { code, stderr } = await lab.run(['sync', '--source=ozon'], { SYNC_WAIT: '60' });
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/ozon: waiting for the marketplace's limit, \d s, until \d\d:\d\d:\d\d/),
    });
    expect(await lab.levels('ozon')).toEqual(lab.truth('ozon'));
  });
});
