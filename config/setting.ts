import type { FormatName, FormatValues, Limits } from './formats.js';

declare const VALUE: unique symbol;

/** One leaf of the schema, in the form convict reads; `T` is the type of its value in the finished configuration. */
export interface Setting<T> extends Limits {
  readonly env: string;
  readonly format: FormatName;
  readonly default: string | number | boolean | null;
  readonly doc: string;
  readonly sensitive: boolean;
  readonly nullable: boolean;
  /** Type only, never present. */
  readonly [VALUE]?: T;
}

type OrNull<D> = D extends null ? null : never;

/**
 * Declares a setting. A default of null means "not set is a valid state"; `secret` settings are masked wherever
 * they are shown, of a `secret-url` all but its host, and both may also be given as `<env>_FILE`.
 */
export function setting<F extends FormatName, D extends string | number | boolean | null>(
  env: string,
  format: F,
  fallback: D,
  doc: string,
  limits: Limits = {},
): Setting<FormatValues[F] | OrNull<D>> {
  const sensitive = format === 'secret' || format === 'secret-url';
  return { env, format, default: fallback, doc, sensitive, nullable: fallback === null, ...limits };
}

/** A setting with a closed list of values, written in any case. */
export function choice<const C extends string, D extends NoInfer<C> | null>(
  env: string,
  choices: readonly C[],
  fallback: D,
  doc: string,
): Setting<C | OrNull<D>> {
  return {
    env,
    format: 'choice',
    default: fallback,
    doc,
    sensitive: false,
    nullable: fallback === null,
    choices,
  };
}

/** Paths of some of an API's methods, by our names for the methods; those not named keep their own. */
export function paths(env: string, names: readonly string[], doc: string): Setting<FormatValues['paths']> {
  return { env, format: 'paths', default: '', doc, sensitive: false, nullable: false, choices: names };
}

/** A tree of settings becomes the tree of their values. */
export type Values<Node> = {
  readonly [K in keyof Node]: Node[K] extends Setting<infer V> ? V : Values<Node[K]>;
};

/** `'db.host' | 'db.port' | …` */
export type PathOf<Node> = {
  [K in keyof Node & string]: Node[K] extends Setting<unknown> ? K : `${K}.${PathOf<Node[K]>}`;
}[keyof Node & string];

/** The value at a dotted path of a configuration. */
export type ValueAt<Tree, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends keyof Tree
    ? ValueAt<Tree[Head], Rest>
    : never
  : Path extends keyof Tree
    ? Tree[Path]
    : never;

export interface NamedSetting<Path extends string = string> extends Setting<unknown> {
  readonly path: Path;
}

function isSetting(node: unknown): node is Setting<unknown> {
  return typeof node === 'object' && node !== null && 'env' in node && 'format' in node && 'default' in node;
}

/** Every leaf of a tree with its dotted path, in the order of the file. */
export function flatten<Tree extends object>(tree: Tree): readonly NamedSetting<PathOf<Tree>>[] {
  const leaves = (node: object, prefix: string): NamedSetting[] =>
    Object.entries(node).flatMap(([key, child]: [string, object]) =>
      isSetting(child) ? [{ ...child, path: prefix + key }] : leaves(child, `${prefix}${key}.`),
    );
  return leaves(tree, '') as NamedSetting<PathOf<Tree>>[];
}
