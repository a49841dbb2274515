import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

describe('check', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_check', { ozonProducts: 5, wbProducts: 5 });
  });
  afterAll(() => lab.close());
  // Wildberries allows three pings in half a minute.
  beforeEach(() => lab.db.execute('DELETE FROM rate_limits'));

  const headings = (stdout: string) =>
    stdout.split('\n').filter((line) => line !== '' && !line.startsWith(' '));

  it('says these very lines where all is well, with what is known of the keys below them', async () => {
    const { code, stdout, stderr } = await lab.run(['check']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(headings(stdout)).toEqual([
      '✓ Ozon API connection successful',
      '✓ Wildberries API connection successful',
      '✓ Database connection successful',
      '✓ Kafka connection successful',
      '✓ SMTP connection successful',
    ]);
    expect(stdout).toMatch(/^ {4}the key may call every method that is needed \(1\)$/m);
    expect(stdout).toMatch(/^ {4}key valid until \d{4}-\d\d-\d\d, \d+ days left$/m);
    expect(stdout).toMatch(/^ {4}token valid until \d{4}-\d\d-\d\d, \d+ days left$/m);
  });

  it('tries everything, whatever fails, and says cause and remedy of each', async () => {
    const { code, stdout } = await lab.run(['check'], {
      OZON_API_KEY: 'wrong-key-04c1d2',
      WB_API_KEY: 'no-token-7719',
      DB_PASSWORD: 'not-this-one-5517',
      KAFKA_BROKERS: '127.0.0.1:9',
      SMTP_PASSWORD: 'nor-this-one-0448',
    });
    expect(code).toBe(1);
    expect(headings(stdout)).toEqual([
      expect.stringMatching(/^✗ Ozon API: Ozon does not know this key.*404/),
      expect.stringMatching(/^✗ Wildberries API: .*\(WB_API_KEY is not a whole Wildberries token\)/),
      expect.stringMatching(/^✗ Database: .*Access denied/),
      expect.stringMatching(/^✗ Kafka: .*127\.0\.0\.1:9/),
      expect.stringMatching(/^✗ SMTP: .*535/),
    ]);
    expect(stdout.match(/^ {4}Remedy: \S.*$/gm)).toHaveLength(5);
  });

  it('says the same lines in Russian, and the rest in Russian', async () => {
    lab.simulator.modes.ozon.roles = 'Product read-only';
    const { code, stdout } = await lab.run(['check'], { LOCALE: 'ru', OZON_WAREHOUSE_ID: 'all' });
    lab.simulator.modes.ozon.roles = '';
    expect(code).toBe(1);
    expect(stdout).toContain(
      '✗ Ozon API: ключу не разрешены методы /v2/warehouse/list, /v1/product/info/warehouse/stocks',
    );
    expect(stdout).toMatch(/\n {4}Что делать: Создайте в личном кабинете .*«Warehouse»/);
    expect(stdout).toMatch(
      /✓ Wildberries API connection successful\n {4}продавец .*\n {4}токен действует до /,
    );
  });

  it('fails a key that works and may not read the stock', async () => {
    lab.simulator.modes.ozon.access = 'role-missing';
    const { code, stdout } = await lab.run(['check']);
    lab.simulator.modes.ozon.access = 'ok';
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ Ozon API: .*\n {4}Remedy: .*make a key with the role/);
    expect(stdout).toContain('✓ Wildberries API connection successful\n');
  });

  it('takes no offence at a marketplace that is not in use, unless none is', async () => {
    const noOzon = { OZON_CLIENT_ID: undefined, OZON_API_KEY: undefined };
    const one = await lab.run(['check'], noOzon);
    expect(one.code).toBe(0);
    expect(headings(one.stdout).slice(0, 2)).toEqual([
      '– Ozon API: not configured, not read (OZON_CLIENT_ID, OZON_API_KEY not set)',
      '✓ Wildberries API connection successful',
    ]);
    const half = await lab.run(['check'], { OZON_API_KEY: undefined, WB_API_KEY: undefined });
    expect(half.code).toBe(1);
    expect(headings(half.stdout).slice(0, 2)).toEqual([
      expect.stringMatching(/^✗ Ozon API: Not set: OZON_API_KEY/),
      '– Wildberries API: not configured, not read (WB_API_KEY not set)',
    ]);
    const none = await lab.run(['check'], { ...noOzon, WB_API_KEY: undefined });
    expect(none.code).toBe(1);
    expect(headings(none.stdout).slice(0, 2)).toEqual([
      expect.stringMatching(/^✗ Ozon API: Not set: OZON_CLIENT_ID, OZON_API_KEY/),
      expect.stringMatching(/^✗ Wildberries API: Not set: WB_API_KEY/),
    ]);
  });

  it('says that no mail is sent where no mail server is set, and that is no failure', async () => {
    const none = { SMTP_HOST: undefined, SMTP_USER: undefined, SMTP_PASSWORD: undefined };
    const { code, stdout } = await lab.run(['check'], none);
    expect(code).toBe(0);
    expect(headings(stdout).at(-1)).toBe('– SMTP: not configured, no mail is sent (SMTP_HOST is not set)');
  });

  it('ends with the code for settings where they cannot be used at all', async () => {
    const { code, stdout } = await lab.run(['check'], { KAFKA_SESSION_TIMEOUT: 'half an hour' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
