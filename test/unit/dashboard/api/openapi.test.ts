import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../../../src/dashboard/api/openapi.js';

const COMMITTED = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'openapi.json');
const document = JSON.parse(JSON.stringify(openApiDocument())) as Record<string, unknown>;

describe('the OpenAPI document', () => {
  it('is the committed one: else run `npm run openapi`', () => {
    expect(JSON.parse(readFileSync(COMMITTED, 'utf8'))).toEqual(document);
  });

  it('refers to nothing that is not in it', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/(.*?)"/g)].map(
      ([, path = '']) => path,
    );
    expect(references.length).toBeGreaterThan(10);
    for (const path of references) expect(document, path).toHaveProperty(path.split('/'));
  });

  it('says of each parameter what may be asked', () => {
    const paths = Object.entries(document.paths as Record<string, { get: { parameters: Parameter[] } }>);
    for (const [path, { get }] of paths) {
      for (const { name, schema, required } of get.parameters) {
        expect(required, `${path} ${name}`).toBe(false);
        expect(schema.type, `${path} ${name}`).toMatch(/^(string|integer)$/);
        if (name === 'limit') expect(schema).toMatchObject({ minimum: 1, maximum: 1000, default: 200 });
      }
    }
  });
});

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
}
