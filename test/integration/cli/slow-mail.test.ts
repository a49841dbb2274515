import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab } from './lab.js';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start('cli_slow_mail', { ozonProducts: 5, wbProducts: 5 });
});
afterAll(() => lab.close());

it('a health check says its verdict before it waits for a mail server that does not answer', async () => {
  lab.sink.setFault({ at: 'silence' });
  // Nothing has been read yet: there is something to mail.
  const look = lab.start(['monitor', '--health-check', '--json']);
  let stderr = '';
  look.child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()));
  const said = new Promise<string>((resolve) => {
    let text = '';
    look.child.stdout?.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.endsWith('}\n')) resolve(text);
    });
  });
  expect(JSON.parse(await said)).toMatchObject({ status: 'degraded', exitCode: 1 });
  // Not yet given up, let alone sent.
  expect(stderr).toBe('');
  await lab.sink.next();
  look.child.kill('SIGKILL');
  await look.ended;
});
