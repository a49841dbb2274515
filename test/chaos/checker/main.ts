import { readFileSync } from 'node:fs';
import { check } from './check.js';
import { checkerSettings } from './settings.js';

/** `node --import tsx test/chaos/checker/main.ts SETTINGS.json`: 0 all the same, 1 differences, 2 the checker failed. */
try {
  const [, , file = ''] = process.argv;
  const settings = checkerSettings.parse(JSON.parse(readFileSync(file, 'utf8')));
  const report = await check(settings);
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.ok ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 2;
}
