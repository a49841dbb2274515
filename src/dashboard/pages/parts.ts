import { type Html, html, type Shown } from '../web/html.js';

/** Shape and word; the colour only repeats them. */
export type StateKind = 'good' | 'warn' | 'bad' | 'idle' | 'busy';

export function state(kind: StateKind, text: string): Html {
  return html`<span class="state ${kind}">${text}</span>`;
}

/** What is wrong, and on a line of its own what to do about it. */
export function note(
  kind: 'warn' | 'bad' | 'calm',
  what: Shown,
  remedy?: { label: string; text: string },
): Html {
  return html`<div class="note ${kind === 'warn' ? '' : kind}"><p>${what}</p>${
    remedy !== undefined && html`<p><b>${remedy.label}:</b> ${remedy.text}</p>`
  }</div>`;
}

export interface CardOptions {
  readonly id: string;
  readonly title: Shown;
  /** Beside the title. */
  readonly beside?: Shown;
  readonly more?: Shown;
}

/** A section that a screen reader finds by its heading. */
export function card({ id, title, beside, more }: CardOptions, content: Shown): Html {
  return html`<section class="card" aria-labelledby="${id}"><header><h2 id="${id}">${title}</h2>${beside}${
    more !== undefined && html`<div class="more">${more}</div>`
  }</header>${content}</section>`;
}

export interface Column {
  readonly label: Shown;
  readonly isNumber?: boolean;
  readonly sorted?: 'ascending' | 'descending' | undefined;
}

/** A table whose columns are headed; on a narrow screen its rows become blocks. */
export function table(caption: string, columns: readonly Column[], rows: readonly Html[]): Html {
  const heads = columns.map(
    ({ label, isNumber, sorted }) =>
      html`<th scope="col"${isNumber === true && html` class="n"`}${sorted !== undefined && html` aria-sort="${sorted}"`}>${label}</th>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="stack"><caption class="aside">${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Choices of which one holds, as links. */
export function chips(
  label: string,
  choices: readonly { readonly href: string; readonly text: Shown; readonly isChosen: boolean }[],
): Html {
  return html`<ul class="chips" aria-label="${label}">${choices.map(
    ({ href, text, isChosen }) =>
      html`<li><a href="${href}"${isChosen && html` aria-current="true"`}>${text}</a></li>`,
  )}</ul>`;
}
