import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintWbToken } from '../../../src/simulator/wildberries/token.js';
import { Lab } from './lab.js';

const DAY = 86_400_000;

describe('a token that cannot even be tried', () => {
  let lab: Lab;
  let sid: string;
  beforeAll(async () => {
    lab = await Lab.start('cli_refused_key', { ozonProducts: 10, wbProducts: 10 });
    sid = lab.simulator.credentials.wbSid;
  });
  afterAll(() => lab.close());

  const token = (more: Partial<Parameters<typeof mintWbToken>[0]> = {}) =>
    mintWbToken({
      ...{ sid, issuedAt: Date.now(), expiresAt: Date.now() + 100 * DAY },
      ...{ categories: ['content', 'marketplace'] },
      ...more,
    });
  const refusals = async () =>
    (await lab.db.query("SELECT fingerprint, state FROM alerts WHERE rule = 'credentials-refused'")).map(
      ({ fingerprint, state }) => `${fingerprint} ${state}`,
    );
  const wb = ['sync', '--source=wb'];

  it('has nobody to tell before anything was read, unless it says whose it is', async () => {
    const { code, stderr } = await lab.run(wb, { WB_API_KEY: 'not-a-token' });
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('WB_API_KEY') });
    expect(await refusals()).toEqual([]);
    expect(await lab.run(['monitor', '--check-last-sync'], { WB_API_KEY: 'not-a-token' })).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('✗ Wildberries: '),
    });
  });

  it.each([
    ['without the category that stock needs', () => token()],
    ['of the test contour', () => token({ categories: ['content', 'analytics'], kind: 'test' })],
    ['that has expired', () => token({ categories: ['analytics'], expiresAt: Date.now() - DAY })],
    ['that is only half of one', () => `${token().slice(0, 40)}`],
  ])('%s raises an alert once, and is over when the source answers', async (_name, unfit) => {
    expect(await lab.run(wb)).toMatchObject({ code: 0 });
    const mails = lab.sink.messages().length;
    const env = { WB_API_KEY: unfit() };
    expect(await lab.run(wb, env)).toMatchObject({ code: 1 });
    expect(await refusals()).toEqual([`credentials-refused:wildberries:${sid}:wb-warehouses open`]);
    const [mail, ...others] = lab.sink.messages().slice(mails);
    expect(others).toEqual([]);
    expect(mail?.text).toContain('WB_API_KEY');
    // It does not keep Ozon from being read, nor is it told again.
    expect(await lab.run(['sync'], env)).toMatchObject({ code: 3 });
    expect(lab.sink.messages()).toHaveLength(mails + 1);
    expect(await lab.run(wb)).toMatchObject({ code: 0 });
    expect(await refusals()).toEqual([`credentials-refused:wildberries:${sid}:wb-warehouses resolved`]);
  });

  it('is shown by the looks, beside what is fine, and told by them too', async () => {
    const env = { WB_API_KEY: token() };
    const look = await lab.run(['monitor', '--health-check'], env);
    expect(look.stdout).toMatch(/^✗ Wildberries: .*Analytics.*\n {4}Remedy: /m);
    expect(look.stdout).toMatch(/^✓ Ozon$/m);
    expect(look.code).toBe(1);
    expect(await refusals()).toEqual([`credentials-refused:wildberries:${sid}:wb-warehouses open`]);
    const last = await lab.run(['monitor', '--check-last-sync'], env);
    expect(last.code).toBe(1);
    expect(last.stdout).toMatch(/^✓ Ozon +stock /m);
    expect(last.stdout).toMatch(/^✓ Wildberries +WB warehouses /m);
    expect(last.stdout).toMatch(/^✗ Wildberries: .*Analytics.*\n {4}Remedy: /m);
    const json = await lab.run(['monitor', '--check-last-sync', '--json'], { WB_API_KEY: 'not-a-token' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'degraded',
      sources: [
        { source: 'ozon', problem: null },
        { source: 'wildberries', account: sid, problem: { what: expect.any(String) } },
      ],
    });
    expect(await lab.run(wb)).toMatchObject({ code: 0 });
  });

  it('or an Ozon key that was set without its number: the looks say it and go on', async () => {
    const env = { OZON_CLIENT_ID: undefined };
    const last = await lab.run(['monitor', '--check-last-sync'], env);
    expect(last).toMatchObject({ code: 1, stderr: '' });
    expect(last.stdout).toMatch(/^✗ Ozon: .*OZON_CLIENT_ID/m);
    expect(last.stdout).toMatch(/^✓ Wildberries +WB warehouses /m);
    const look = await lab.run(['monitor', '--health-check'], env);
    expect(look).toMatchObject({ code: 1, stdout: expect.stringMatching(/^✗ Ozon: .*OZON_CLIENT_ID/m) });
  });
});
