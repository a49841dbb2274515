import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../support/engines.js';
import { Lab, type Running } from './lab.js';

describe('METRICS_PORT', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_status', { ozonProducts: 10, wbProducts: 10 });
  });
  afterAll(() => lab.close());

  /** The address that a command has said that it listens on. */
  async function place(running: Running): Promise<string> {
    let url = '';
    running.child.stderr?.on('data', (part: Buffer) => {
      url ||= /metrics and health: (http:\S+)\/metrics/.exec(part.toString())?.[1] ?? '';
    });
    await running.says('metrics and health: ');
    return url;
  }

  const get = async (url: string) => {
    const response = await fetch(url);
    return { status: response.status, text: await response.text() };
  };

  async function stop(running: Running): Promise<void> {
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  }

  it('shows a worker’s health, lag and freshness, and no secret', async () => {
    const worker = lab.start(['worker'], { METRICS_PORT: '0' });
    const url = await place(worker);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await get(`${url}/healthz`)).toMatchObject({ status: 200 });
    await worker.says('worker ready');
    expect(await get(`${url}/readyz`)).toEqual({ status: 200, text: '{"status":"ready"}' });

    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    const { status, text } = await get(`${url}/metrics`);
    expect(status).toBe(200);
    expect(text).toMatch(
      /^inventory_sync_feed_last_complete_timestamp_seconds\{source="ozon",.*\} 1\d{9}(?:\.\d+)?$/m,
    );
    expect(text).toContain(`kafka_consumergroup_members{consumergroup="${lab.prefix}.projector"} 1`);
    expect(text).toMatch(
      new RegExp(`^kafka_consumergroup_lag_sum\\{consumergroup="${lab.prefix}\\.projector",.*\\} 0$`, 'm'),
    );
    expect(text).toMatch(/^inventory_sync_records_applied_total\{.*\} [1-9]/m);
    expect(text).toContain('command="worker"');
    for (const name of ['DB_PASSWORD', 'OZON_API_KEY', 'WB_API_KEY', 'SMTP_PASSWORD'])
      expect(text).not.toContain(lab.env[name]);

    const port = url.slice(url.lastIndexOf(':') + 1);
    const second = await lab.run(['worker'], { METRICS_PORT: port });
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`another program listens on 127.0.0.1:${port}`),
    });
    expect(second.stderr).toContain('or 0 for any free one');
    await stop(worker);
  });

  it('shows in the scheduler what its jobs have measured', async () => {
    const state = scratchFolder('status-state');
    mkdirSync(state, { recursive: true });
    const now = Date.now();
    const marks = { sync: now - 30 * 3_600_000, 'full-resync': now, health: now, 'weekly-report': now };
    writeFileSync(join(state, 'schedule.json'), JSON.stringify(marks));
    const scheduler = lab.start(['schedule'], {
      METRICS_PORT: '0',
      SCHEDULE_STATE_PATH: state,
      SCHEDULE_JITTER: '0',
      LOG_LEVEL: 'info',
    });
    const url = await place(scheduler);
    expect(await get(`${url}/healthz`)).toMatchObject({ status: 200 });
    expect(await get(`${url}/readyz`)).toMatchObject({ status: 200 });
    // Its log goes to stderr.
    await scheduler.says('"job ended"');
    const { text } = await get(`${url}/metrics`);
    for (const source of ['ozon', 'wildberries'])
      expect(text).toMatch(
        new RegExp(`^inventory_sync_api_requests_total\\{source="${source}",.*status="200"\\} [1-9]`, 'm'),
      );
    expect(text).toMatch(/^inventory_sync_rows_read_total\{source="ozon",.*\} [1-9]/m);
    expect(text).toContain('command="schedule"');
    await stop(scheduler);
  });

  it('says what is missing while it is, and what to do', async () => {
    const scheduler = lab.start(['schedule'], {
      METRICS_PORT: '0',
      KAFKA_TOPIC_PREFIX: `${lab.prefix}-none`,
      SCHEDULE_STATE_PATH: scratchFolder('status-none'),
    });
    const url = await place(scheduler);
    const { status, text } = await get(`${url}/readyz`);
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({
      status: 'unready',
      reasons: [
        {
          part: 'kafka',
          reason: expect.stringContaining('missing topics'),
          remedy: expect.stringContaining('topics create'),
        },
      ],
    });
    await stop(scheduler);
  });

  it('goes on while the database is away, and says so', async () => {
    const reasons = async (env: Readonly<Record<string, string>>) => {
      const state = scratchFolder('status-away');
      const scheduler = lab.start(['schedule'], { METRICS_PORT: '0', SCHEDULE_STATE_PATH: state, ...env });
      const url = await place(scheduler);
      const { status, text } = await get(`${url}/readyz`);
      const metrics = await get(`${url}/metrics`);
      expect([status, metrics.status]).toEqual([503, 200]);
      expect(metrics.text).toContain('inventory_sync_part_up{part="database"} 0');
      expect(metrics.text).toContain('inventory_sync_part_up{part="kafka"} 1');
      scheduler.child.kill('SIGTERM');
      await scheduler.ended;
      return (JSON.parse(text) as { reasons: { part: string }[] }).reasons.map(({ part }) => part);
    };
    expect(await reasons({ DB_PORT: '1' })).toEqual(['database']);
  });
});
