import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { adviceOf } from '../../../../src/cli/error-text.js';
import { BY_CODE } from '../../../../src/cli/errors/by-code.js';
import { BY_REMEDY } from '../../../../src/cli/errors/by-remedy-ru.js';
import { found } from '../../../../src/cli/errors/sentence.js';
import type { ErrorCode } from '../../../../src/errors.js';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const FOLDERS = ['config', 'engines', 'src'];

interface Site {
  readonly place: string;
  /** Undefined where it is another error's. */
  readonly code: string | undefined;
  /** Sentences with `1` for what is filled in; null: brought by the error's advice, or by another error. */
  readonly remedies: readonly string[] | null;
}

function* sources(folder: string): Generator<ts.SourceFile> {
  for (const { name, parentPath } of readdirSync(join(ROOT, folder), {
    recursive: true,
    withFileTypes: true,
  })) {
    const path = join(parentPath, name);
    if (!name.endsWith('.ts')) continue;
    yield ts.createSourceFile(relative(ROOT, path), readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  }
}

/** What an expression may come to; null where that is not to be seen from here. */
function texts(node: ts.Expression, file: ts.SourceFile): readonly string[] | null {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return texts(node.expression, file);
  if (ts.isConditionalExpression(node)) return both(texts(node.whenTrue, file), texts(node.whenFalse, file));
  if (ts.isBinaryExpression(node)) return both(texts(node.left, file), texts(node.right, file));
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce<readonly string[]>(
      (heads, { expression, literal }) =>
        heads.flatMap((head) => (texts(expression, file) ?? ['1']).map((part) => head + part + literal.text)),
      [node.head.text],
    );
  return ts.isIdentifier(node) ? constant(node.text, file) : null;
}

function both(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  return one === null || other === null ? (one ?? other) : [...one, ...other];
}

function constant(name: string, file: ts.SourceFile): readonly string[] | null {
  let value: readonly string[] | null = null;
  walk(file, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name && node.initializer !== undefined)
      value = texts(node.initializer, file);
  });
  return value;
}

function walk(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  node.forEachChild((child) => walk(child, look));
}

function sitesOf(file: ts.SourceFile): Site[] {
  const sites: Site[] = [];
  walk(file, (node) => {
    if (!ts.isNewExpression(node) || node.expression.getText() !== 'AppError') return;
    const [code, , details] = node.arguments ?? [];
    if (code === undefined) return;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    sites.push({
      place: `${file.fileName}:${line + 1}`,
      code: ts.isStringLiteral(code) ? code.text : undefined,
      remedies: remediesOf(details, file),
    });
  });
  return sites;
}

function remediesOf(details: ts.Expression | undefined, file: ts.SourceFile): readonly string[] | null {
  if (details === undefined || !ts.isObjectLiteralExpression(details)) return [];
  const given = (name: string) => details.properties.find((one) => one.name?.getText() === name);
  const remedy = given('remedy');
  if (remedy === undefined) return given('advice') === undefined ? [] : null;
  return ts.isPropertyAssignment(remedy) ? texts(remedy.initializer, file) : constant('remedy', file);
}

const SITES = FOLDERS.flatMap((folder) => [...sources(folder)].flatMap(sitesOf));
/** A reader who has called a command wrongly, or set something wrongly, wants to know more than that. */
const MUST_SAY_WHAT = ['USAGE', 'CONFIG_INVALID'];
/** Told by pages of the dashboard in its own way, and to developers by the simulator. */
const ELSEWHERE = /^src\/(?:dashboard|simulator)\//;

describe('every error', () => {
  it('is found in the sources', () => {
    expect(SITES.length).toBeGreaterThan(120);
    expect(SITES.filter(({ remedies }) => (remedies ?? []).length > 0).length).toBeGreaterThan(50);
  });

  it.each(Object.keys(BY_CODE) as ErrorCode[])(
    'of the code %s has a cause and a remedy in both languages',
    (code) => {
      const ru = adviceOf({ code, message: 'technical', remedy: undefined }, 'ru');
      expect(ru.what).toMatch(/[а-яё]{3}/);
      expect(ru.remedy).toMatch(/^[А-ЯЁ].*[а-яё]{3}/);
      const en = adviceOf({ code, message: 'technical', remedy: undefined }, 'en');
      expect(en).toEqual({ what: 'technical', remedy: expect.stringMatching(/^[a-z][^а-яё]*$/) });
    },
  );

  it('that names a remedy has it in Russian, too', () => {
    const missing = SITES.flatMap(({ place, remedies }) =>
      (remedies ?? [])
        .filter((remedy) => found(remedy, BY_REMEDY) === undefined)
        .map((remedy) => `${place}: ${remedy}`),
    );
    expect(missing).toEqual([]);
  });

  it('of a wrong command line or setting says in Russian what is wrong', () => {
    const mute = SITES.filter(
      ({ place, code = '', remedies }) =>
        MUST_SAY_WHAT.includes(code) && !ELSEWHERE.test(place) && remedies !== null && remedies.length === 0,
    );
    expect(mute.map(({ place }) => place)).toEqual([]);
  });

  it('has its Russian used', () => {
    const all = SITES.flatMap(({ remedies }) => remedies ?? []);
    const text = FOLDERS.flatMap((folder) => [...sources(folder)])
      .filter(({ fileName }) => !fileName.startsWith('src/cli/errors/'))
      .map((file) => file.text)
      .join('\n');
    const unused = Object.keys(BY_REMEDY).filter((pattern) => {
      const [head = ''] = pattern.split(/\{\w+\}|[`'\n]/u);
      return !all.some((remedy) => found(remedy, { [pattern]: '' })) && !text.includes(head);
    });
    expect(unused).toEqual([]);
  });

  it('has sound Russian', () => {
    for (const { what, remedy } of Object.values(BY_REMEDY)) {
      expect(remedy).toMatch(/^(?:[А-ЯЁ]|\{remedy\})[^]*[а-яё]{3}/);
      if (what !== undefined) expect(what).toMatch(/^(?:[а-яё]|MySQL|Kafka|replay)[^]*[а-яё]{3}[^.]*$/);
    }
  });
});
