/** `npm run schemas`: writes the JSON Schemas of the events into src/events/schemas/. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventSchemas } from './event-schemas.js';

const folder = join(import.meta.dirname, '..', 'src', 'events', 'schemas');
const schemas = eventSchemas();

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  if (!schemas.has(name)) rmSync(join(folder, name));
}
for (const [name, schema] of schemas) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
}
// Committed as the formatter would have them.
const biome = join(import.meta.dirname, '..', 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
execFileSync(process.execPath, [biome, 'format', '--write', folder], { stdio: 'ignore' });
console.log(`${schemas.size} schemas in src/events/schemas`);
