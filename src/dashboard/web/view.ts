import type { Locale } from '../../domain/anomaly/wording.js';
import type { Html } from './html.js';

/** What a page is rendered for: two readers with the same view see the same page. */
export interface View {
  readonly locale: Locale;
  /** Path and query, as the browser shows them, without `lang`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whether actions are offered: the reader has shown the token. */
  readonly mayAct: boolean;
}

/** A part of a page that is sent anew when it has changed. */
export interface PagePart {
  /** Stable, of letters and hyphens. */
  readonly id: string;
  readonly html: Html;
}

export interface Page {
  readonly title: string;
  /** Stands above the parts and is not sent anew: what people type into. */
  readonly fixed?: Html;
  readonly parts: readonly PagePart[];
}

export type PageRenderer = (view: View) => Promise<Page | null>;

/** Two views with the same key are shown the same. */
export function viewKey({ locale, path, query, mayAct }: View): string {
  return `${locale} ${mayAct ? 'act' : 'read'} ${path}?${query.toString()}`;
}

/** The same page with another query; undefined takes a parameter away. */
export function withQuery(
  { path, query }: Pick<View, 'path' | 'query'>,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === '' ? path : `${path}?${text}`;
}
