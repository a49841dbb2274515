import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchemas } from '../../scripts/event-schemas.js';
import { EVENT_TYPES, envelope } from '../../src/events/envelope.js';

const FOLDER = join(import.meta.dirname, '..', '..', 'src', 'events', 'schemas');
const schemas = eventSchemas();

describe('committed event schemas', () => {
  it('there is one file per event with a JSON value of ours, and no other', () => {
    expect(readdirSync(FOLDER).sort()).toEqual([...schemas.keys()].sort());
    const withValue = Object.values(EVENT_TYPES).filter((type) => type !== EVENT_TYPES.deadLetter);
    expect([...schemas.keys()].sort()).toEqual(withValue.map((type) => `${type}.json`).sort());
  });

  it.each([...schemas])('%s is what the contract says: else run `npm run schemas`', (name, schema) => {
    const committed: unknown = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('each is found by the ce_dataschema header of its event', () => {
    const common = { id: '1', prefix: 'inventory', time: '2026-11-23T00:00:00.000Z' };
    for (const type of Object.values(EVENT_TYPES)) {
      const schema = schemas.get(`${type}.json`);
      if (schema !== undefined)
        expect(schema).toMatchObject({ $id: envelope({ ...common, type }).ce_dataschema });
    }
  });
});
