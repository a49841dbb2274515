/** How pages look. One accent; states differ in shape and word as well as in colour; figures line up. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --back: #f6f7f8; --card: #ffffff; --text: #1a2129; --soft: #55606c; --line: #dde2e7;
  --accent: #0a6a74; --accent-soft: #0a6a7418; --on-accent: #ffffff;
  --good: #1d6f42; --warn: #8a5300; --bad: #b3261e; --bad-soft: #b3261e14; --warn-soft: #8a530014;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161b; --card: #1a2027; --text: #e4e9ee; --soft: #a3afbb; --line: #2d363f;
    --accent: #62c6cf; --accent-soft: #62c6cf26; --on-accent: #06282c;
    --good: #6ecf97; --warn: #e5ae5b; --bad: #ff9a92; --bad-soft: #ff9a921f; --warn-soft: #e5ae5b1f;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { font: 15px/1.45 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', sans-serif; }
body { margin: 0; background: var(--back); color: var(--text); font-variant-numeric: tabular-nums; }
a { color: var(--accent); text-underline-offset: 2px; }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; }
h1 { font-size: 1.35rem; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.02rem; font-weight: 650; }
h3 { font-size: .9rem; font-weight: 600; color: var(--soft); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
[hidden] { display: none !important; }
.aside { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 8px; top: -60px; padding: 8px 12px; background: var(--accent); color: var(--on-accent); z-index: 9; }
.skip:focus { top: 8px; }

.top { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: center; padding: 8px max(16px, calc(50vw - 640px)); background: var(--card); border-bottom: 1px solid var(--line); }
.brand { font-weight: 650; color: inherit; text-decoration: none; white-space: nowrap; }
.brand svg { width: 18px; height: 18px; vertical-align: -3px; margin-right: 6px; fill: var(--accent); }
.top nav ul { display: flex; flex-wrap: wrap; gap: 2px; padding: 0; list-style: none; }
.top nav a { display: block; padding: 7px 11px; color: var(--soft); text-decoration: none; border-radius: 6px; }
.top nav a:hover { color: var(--text); background: var(--back); }
.top nav a[aria-current] { color: var(--text); font-weight: 600; box-shadow: inset 0 -2px var(--accent); border-radius: 6px 6px 0 0; }
.top .tools button { font-size: inherit; }
.top .tools { display: flex; flex-wrap: wrap; gap: 14px; align-items: center; margin-left: auto; font-size: .87rem; color: var(--soft); }
#live::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border: 2px solid var(--soft); border-radius: 50%; }
#live[data-state=live]::before { background: var(--good); border-color: var(--good); }
#live[data-state=away]::before, #live[data-state=database]::before { border-color: var(--bad); border-radius: 0; }
#trouble { padding: 10px max(16px, calc(50vw - 640px)); background: var(--bad-soft); color: var(--bad); border-bottom: 1px solid var(--line); font-weight: 600; }
main { max-width: 1312px; margin: 0 auto; padding: 18px 16px 48px; }
.head { display: flex; flex-wrap: wrap; gap: 6px 16px; align-items: baseline; margin-bottom: 14px; }
.head p { color: var(--soft); }
footer { max-width: 1312px; margin: 0 auto; padding: 0 16px 28px; color: var(--soft); font-size: .85rem; }

.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-bottom: 16px; }
.card > header { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; padding: 12px 16px 8px; }
.card > header .more { margin-left: auto; color: var(--soft); font-size: .9rem; }
.card > .inside { padding: 4px 16px 14px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; margin-bottom: 16px; }
.tiles > div { box-shadow: 0 0 0 1px var(--line); padding: 11px 16px 12px; }
.tiles dt { color: var(--soft); font-size: .85rem; }
.tiles dd { font-size: 1.3rem; font-weight: 600; letter-spacing: -.01em; line-height: 1.3; overflow-wrap: anywhere; }
.tiles dd small { font-size: .85rem; font-weight: 400; color: var(--soft); letter-spacing: 0; display: block; line-height: 1.4; }
.facts { display: flex; flex-wrap: wrap; gap: 6px 28px; padding: 4px 16px 12px; }
.facts dt { color: var(--soft); font-size: .85rem; }

.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 7px 12px; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 16px; }
th:last-child, td:last-child { padding-right: 16px; }
thead th { font-size: .82rem; font-weight: 500; color: var(--soft); white-space: nowrap; border-top: 0; border-bottom: 1px solid var(--line); vertical-align: bottom; }
thead + tbody tr:first-child > * { border-top: 0; }
tbody th { font-weight: 500; }
tbody tr:hover { background: var(--accent-soft); }
.n { text-align: right; white-space: nowrap; }
.nowrap { white-space: nowrap; }
.soft, .zero { color: var(--soft); }
.small { font-size: .87rem; }
.name { max-width: 34rem; overflow-wrap: anywhere; }
code, .code { font: .86em/1.4 ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace; overflow-wrap: anywhere; }
th a[data-sorted] { color: var(--text); font-weight: 650; }
.up { color: var(--good); } .down { color: var(--bad); }

.state { display: inline-flex; gap: 7px; align-items: center; white-space: nowrap; font-weight: 600; font-size: .9rem; }
.state::before { content: ''; flex: none; width: 10px; height: 10px; }
.state.good { color: var(--good); } .state.good::before { background: currentColor; border-radius: 50%; }
.state.warn { color: var(--warn); } .state.warn::before { background: currentColor; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.state.bad { color: var(--bad); } .state.bad::before { background: currentColor; transform: rotate(45deg) scale(.82); }
.state.idle { color: var(--soft); } .state.idle::before { border: 2px solid currentColor; border-radius: 50%; }
.state.busy { color: var(--accent); } .state.busy::before { border: 2px solid currentColor; border-right-color: transparent; border-radius: 50%; }
.note { margin: 0 16px 12px; padding: 9px 12px; border-left: 3px solid var(--warn); background: var(--warn-soft); border-radius: 0 6px 6px 0; overflow-wrap: anywhere; }
.note.bad { border-color: var(--bad); background: var(--bad-soft); }
.note.calm { border-color: var(--line); background: none; }
.note p + p { margin-top: 3px; }
.note b { font-weight: 600; }
.empty { padding: 22px 16px 26px; color: var(--soft); }
progress { width: 130px; height: 8px; accent-color: var(--accent); vertical-align: middle; }

form.line { display: flex; flex-wrap: wrap; gap: 10px 12px; align-items: end; }
form.line label, .field { display: grid; gap: 3px; font-size: .85rem; color: var(--soft); }
input, select, button, .button { font: inherit; font-size: .95rem; min-height: 36px; padding: 5px 11px; border-radius: 6px; border: 1px solid color-mix(in srgb, var(--soft) 65%, transparent); background: var(--card); color: var(--text); }
input[type=search] { width: min(26rem, 78vw); }
input[type=number] { width: 7rem; }
button, .button { cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; }
button:hover, .button:hover { border-color: var(--accent); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.plain { border: 0; background: none; padding: 5px 2px; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; min-height: 0; }
.chips { display: flex; flex-wrap: wrap; gap: 7px; padding: 0; list-style: none; }
.chips a { display: inline-block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 99px; color: var(--text); background: var(--card); text-decoration: none; font-size: .9rem; }
.chips a:hover { border-color: var(--accent); }
.chips a[aria-current] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.chips a[aria-current]::before { content: '✓ '; }
.bar { display: grid; gap: 12px; margin-bottom: 14px; }
.pages { display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; padding: 11px 16px; border-top: 1px solid var(--line); font-size: .92rem; color: var(--soft); }
.pages .right { margin-left: auto; display: flex; gap: 14px; }
.acts { display: flex; flex-wrap: wrap; gap: 4px 12px; }
.acts form { display: flex; gap: 6px; align-items: center; }
details > summary { cursor: pointer; color: var(--accent); }
.card > details > summary { padding: 4px 16px; }
.sign { max-width: 27rem; margin: 8vh auto; }
.sign form { display: grid; gap: 12px; padding: 6px 16px 18px; }
.chart { min-height: 260px; }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: .85rem; color: var(--soft); padding: 4px 0 8px; }
.u-legend { font-size: .85rem; }
.u-legend th, .u-legend td, .u-legend tr > :first-child { border: 0; padding: 2px 4px; font-weight: 400; }
.u-legend tr:hover { background: none; }
.bars { display: flex; gap: 8px; align-items: center; justify-content: flex-end; }

@media (min-width: 1000px) { td .acts { flex-wrap: nowrap; } td .acts button { white-space: nowrap; } }
@media (max-width: 720px) {
  html { font-size: 16px; }
  .top .tools { margin-left: 0; }
  main { padding: 14px 10px 40px; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack tbody tr { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 14px; padding: 10px 16px; border-top: 1px solid var(--line); }
  .stack tbody tr > * { display: block; border: 0; padding: 0; text-align: left; }
  .stack tbody tr > :first-child, .stack .wide { grid-column: 1 / -1; }
  .stack td[data-label]::before { content: attr(data-label) ': '; color: var(--soft); font-size: .85rem; }
}
@media (prefers-reduced-motion: no-preference) {
  .state.busy::before { animation: turn 1.2s linear infinite; }
  @keyframes turn { to { transform: rotate(1turn); } }
}
@media print { .top, .skip, footer, form, .pages { display: none; } }
`;

/** The page's own picture: three levels of stock. */
export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18"><path fill="#0a8a97" d="M1 11h4v6H1zm6-5h4v11H7zm6-5h4v16h-4z"/></svg>';
