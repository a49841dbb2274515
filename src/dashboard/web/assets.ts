import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SCRIPT } from '../client/script.js';
import { ICON, STYLES } from '../client/styles.js';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

export interface Assets {
  /** Changes with any of them, so that browsers may keep them for ever. */
  readonly mark: string;
  readonly files: ReadonlyMap<string, Asset>;
}

const CSS = 'text/css; charset=utf-8';
const JS = 'text/javascript; charset=utf-8';

/** All files that pages ask for, read once: there is no folder that is served. */
export function loadAssets(): Assets {
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot'));
  const files = new Map<string, Asset>([
    ['page.css', { type: CSS, body: Buffer.from(STYLES) }],
    ['page.js', { type: JS, body: Buffer.from(SCRIPT) }],
    ['icon.svg', { type: 'image/svg+xml', body: Buffer.from(ICON) }],
    ['chart.css', { type: CSS, body: readFileSync(join(uplot, 'uPlot.min.css')) }],
    ['chart.js', { type: JS, body: readFileSync(join(uplot, 'uPlot.iife.min.js')) }],
  ]);
  const digest = createHash('sha256');
  for (const { body } of files.values()) digest.update(body);
  return { mark: digest.digest('hex').slice(0, 12), files };
}
