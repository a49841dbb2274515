/** `npm run openapi`: writes the OpenAPI document of the read API into docs/. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../src/dashboard/api/openapi.js';

const root = join(import.meta.dirname, '..');
const file = join(root, 'docs', 'openapi.json');
writeFileSync(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
// Committed as the formatter would have it.
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
execFileSync(process.execPath, [biome, 'format', '--write', file], { stdio: 'ignore' });
console.log('docs/openapi.json');
