import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEnv } from '../../../config/dotenv.js';
import { findInstallFolder } from '../../../config/env-place.js';
import { SETTINGS } from '../../../config/schema.js';
import { Workshop } from './workshop.js';

const EXAMPLE = join(findInstallFolder(), '.env.example');

describe('.env.example', () => {
  let shop: Workshop;
  beforeEach(() => {
    shop = new Workshop();
  });
  afterEach(() => shop[Symbol.dispose]());

  const { entries, problems, repeated } = parseEnv(readFileSync(EXAMPLE, 'utf8'));

  it('has every setting once, in the order of the schema, and nothing else', () => {
    expect([problems, repeated]).toEqual([[], []]);
    expect([...entries.keys()]).toEqual(SETTINGS.map(({ env }) => env));
  });

  it('gives the defaults, and no secret', () => {
    const plain = shop.load().config;
    const file = join(shop.cwd, '.env');
    copyFileSync(EXAMPLE, file);
    const loaded = shop.load();
    expect(loaded.envFile).toBe(file);
    expect(loaded.config).toEqual(plain);
    expect(loaded.secrets).toEqual([]);
  });

  it('names every setting of the schema in capitals, each with a text that explains it', () => {
    for (const { env, doc } of SETTINGS) {
      expect(env).toMatch(/^[A-Z][A-Z0-9_]+$/u);
      expect(doc.length).toBeGreaterThan(10);
    }
    expect(new Set(SETTINGS.map(({ env }) => env)).size).toBe(SETTINGS.length);
  });
});
