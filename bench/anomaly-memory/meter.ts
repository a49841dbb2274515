import { writeSync } from 'node:fs';

/** Loaded before a program: says at its end how much memory it has taken. */
const MEGABYTE = 1024 * 1024;
let heap = 0;
const sample = setInterval(() => {
  heap = Math.max(heap, process.memoryUsage().heapUsed);
}, 20);
sample.unref();

process.once('exit', () => {
  const resident = process.resourceUsage().maxRSS / 1024;
  writeSync(
    2,
    `peak: ${resident.toFixed(0)} MB resident, ${(heap / MEGABYTE).toFixed(0)} MB of heap in use\n`,
  );
});
