import { DASHBOARD_WORDS } from '../words/words.js';
import { type Html, html, NOTHING } from './html.js';
import type { Rendered } from './renders.js';
import { type View, withQuery } from './view.js';

export interface Frame {
  readonly view: View;
  readonly timeZone: string;
  /** Address of the live stream of this page; null: it does not move. */
  readonly live: string | null;
  readonly session: 'signed-in' | 'signed-out' | 'impossible';
  /** What an action has done, told once. */
  readonly done?: string | undefined;
  /** Of files that may be kept for ever. */
  readonly assets: string;
}

const LINKS = [
  ['/', 'now'],
  ['/products', 'products'],
  ['/anomalies', 'anomalies'],
  ['/pipeline', 'pipeline'],
] as const;

/** A whole page around its parts. */
export function document(frame: Frame, { page, parts }: Rendered): string {
  const sections = parts.map(
    ({ id, hash, html: markup }) => `<div id="part-${id}" data-hash="${hash}">${markup}</div>`,
  );
  const marker = '<!--parts-->';
  const [before = '', after = ''] = shell(frame, page.title, html`${page.fixed ?? NOTHING}`, true).split(
    marker,
  );
  return before + sections.join('') + after;
}

/** A page of one piece that stays as it is: sign-in, errors. */
export function plainDocument(frame: Frame, title: string, content: Html): string {
  return shell(frame, title, content, false).replace('<!--parts-->', '');
}

function shell(frame: Frame, title: string, content: Html, withCharts: boolean): string {
  const { view, live, done, timeZone, assets } = frame;
  const words = DASHBOARD_WORDS[view.locale];
  const parts = rawMarker();
  return html`<!doctype html>
<html lang="${view.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · inventory-sync</title>
<link rel="icon" href="/assets/${assets}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/${assets}/page.css">
${withCharts && html`<link rel="stylesheet" href="/assets/${assets}/chart.css"><script src="/assets/${assets}/chart.js" defer></script>`}
<script src="/assets/${assets}/page.js" defer></script>
</head>
<body${live !== null && html` data-live="${live}"`}>
<a class="skip" href="#main">${words.skip}</a>
${topBar(frame)}
<p id="trouble" role="alert" hidden></p>
<main id="main" tabindex="-1">
${done !== undefined && html`<p class="note calm" role="status">${done}</p>`}
${content}${parts}
</main>
<footer>${words.footer(timeZone)}</footer>
</body>
</html>`.text;
}

/** Where the parts go, which are text already. Whatever else is put into a page is escaped and cannot be this. */
function rawMarker(): Html {
  return html`<!--parts-->`;
}

function topBar({ view, live, session }: Frame): Html {
  const words = DASHBOARD_WORDS[view.locale];
  const other = view.locale === 'ru' ? 'en' : 'ru';
  const links = LINKS.map(([href, name]) => {
    const isHere = href === '/' ? view.path === '/' : view.path.startsWith(href) || isOf(name, view.path);
    return html`<li><a href="${href}"${isHere && html` aria-current="page"`}>${words.pages[name]}</a></li>`;
  });
  return html`<header class="top">
<a class="brand" href="/"><svg viewBox="0 0 18 18" aria-hidden="true"><path d="M1 11h4v6H1zm6-5h4v11H7zm6-5h4v16h-4z"/></svg>inventory-sync</a>
<nav aria-label="${words.menu}"><ul>${links}</ul></nav>
<div class="tools">
${live !== null && liveState(words.live)}
<a href="${withQuery(view, { lang: other })}" lang="${other}" hreflang="${other}" aria-label="${words.languageLabel}">${words.language}</a>
${sessionTool(session, view)}
</div>
</header>`;
}

function isOf(name: string, path: string): boolean {
  return name === 'products' && path.startsWith('/product/');
}

function liveState(words: Readonly<Record<string, string>>): Html {
  return html`<span id="live" role="status" data-state="connecting" data-live="${words.live}" data-away="${words.away}" data-away-long="${words.awayLong}" data-database="${words.database}" data-database-long="${words.databaseLong}">${words.connecting}</span>`;
}

function sessionTool(session: Frame['session'], view: View): Html {
  const words = DASHBOARD_WORDS[view.locale].signIn;
  if (session === 'impossible') return NOTHING;
  if (session === 'signed-out')
    return html`<a href="/sign-in?to=${encodeURIComponent(withQuery(view, {}))}">${words.enter}</a>`;
  return html`<form method="post" action="/sign-out"><button class="plain">${words.leave}</button></form>`;
}
