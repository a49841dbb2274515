import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

describe('worker', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_worker', { ozonProducts: 30, wbProducts: 30 });
  });
  afterAll(() => lab.close());

  it('applies what sync publishes, and mails what follows from it', async () => {
    const worker = lab.start(['worker']);
    await worker.says('worker ready: projector, anomaly, mailer\n');
    const first = await lab.run(['sync', '--json']);
    expect(first).toMatchObject({ code: 0 });
    expect(JSON.parse(first.stdout)).toMatchObject({ appliedBy: 'worker', status: 'success' });
    for (const source of ['ozon', 'wildberries'] as const)
      expect(await lab.levels(source)).toEqual(lab.truth(source));

    lab.simulator.world.drop('wildberries', 0.6);
    expect(await lab.run(['sync', '--source=wb'])).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('here'),
    });
    const mail = await lab.sink.next();
    expect(mail.text).toContain('Wildberries');

    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0 });
  });

  it('shares the work: one projects, another one minds alerts and mail', async () => {
    const projector = lab.start(['worker', '--only', 'projector']);
    const rest = lab.start(['worker', '--only', 'mailer,anomaly']);
    await projector.says('worker ready: projector\n');
    await rest.says('worker ready: anomaly, mailer\n');
    lab.simulator.world.drop('ozon', 0.6);
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    expect((await lab.sink.next()).text).toContain('Ozon');
    for (const { child } of [projector, rest]) child.kill('SIGINT');
    expect(await projector.ended).toMatchObject({ code: 0 });
    expect(await rest.ended).toMatchObject({ code: 0 });
  });

  it('is stood in for by sync while it is frozen, and goes on in peace when it thaws', async () => {
    const worker = lab.start(['worker']);
    await worker.says('worker ready');
    worker.child.kill('SIGSTOP');
    lab.simulator.world.advance(3);
    const { code, stderr } = await lab.run(['sync']);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('applying it here') });
    for (const source of ['ozon', 'wildberries'] as const)
      expect(await lab.levels(source)).toEqual(lab.truth(source));
    worker.child.kill('SIGCONT');
    lab.simulator.world.advance(3);
    expect(await lab.run(['sync'])).toMatchObject({ code: 0 });
    for (const source of ['ozon', 'wildberries'] as const)
      expect(await lab.levels(source)).toEqual(lab.truth(source));
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0 });
    const twice = await lab.db.query(
      'SELECT product_id FROM stock_changes GROUP BY source, account, product_id, scheme, warehouse_id, seq HAVING COUNT(*) > 1',
    );
    expect(twice).toEqual([]);
  });

  it('refuses a name that is none', async () => {
    const { code, stderr } = await lab.run(['worker', '--only', 'projector,mailr']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'Error: no such worker: mailr\nRemedy: choose from projector, anomaly, mailer\n',
    });
  });
});
