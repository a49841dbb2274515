import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.js';

describe('check', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start('cli_check', { ozonProducts: 5, wbProducts: 5 });
  });
  afterAll(() => lab.close());

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
    expect(stdout).toMatch(/^ {4}may read the stock$/m);
    expect(stdout).toMatch(/^ {4}key valid until \d{4}-\d\d-\d\d, \d+ days$/m);
    expect(stdout).toMatch(/^ {4}token valid until \d{4}-\d\d-\d\d, \d+ days$/m);
  });

  it('tries everything, whatever fails, and says cause and remedy of each', async () => {
    const { code, stdout } = await lab.run(['check'], {
      OZON_API_KEY: 'wrong-key-04c1d2',
      WB_API_KEY: undefined,
      DB_PASSWORD: 'not-this-one-5517',
      KAFKA_BROKERS: '127.0.0.1:9',
      SMTP_PASSWORD: 'nor-this-one-0448',
    });
    expect(code).toBe(1);
    expect(headings(stdout)).toEqual([
      expect.stringMatching(/^✗ Ozon API: .*404/),
      expect.stringMatching(/^✗ Wildberries API: Not set: WB_API_KEY/),
      expect.stringMatching(/^✗ Database: .*Access denied/),
      expect.stringMatching(/^✗ Kafka: .*127\.0\.0\.1:9/),
      expect.stringMatching(/^✗ SMTP: .*535/),
    ]);
    expect(stdout.match(/^ {4}Remedy: \S.*$/gm)).toHaveLength(5);
  });

  it('fails a key that works and may not read the stock', async () => {
    lab.simulator.modes.ozon.access = 'role-missing';
    const { code, stdout } = await lab.run(['check']);
    lab.simulator.modes.ozon.access = 'ok';
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ Ozon API: .*\n {4}Remedy: Give the key the role/);
    expect(stdout).toContain('✓ Wildberries API connection successful\n');
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
