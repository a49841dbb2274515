import type { Locale } from '../../domain/anomaly/wording.js';
import { isAppError } from '../../errors.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { type Html, html } from './html.js';

export interface SignInForm {
  /** Where the reader wanted to go. */
  readonly to: string;
  readonly verdict?: 'refused' | 'too-many' | undefined;
  readonly retryAfter: number;
}

export function signInForm(locale: Locale, { to, verdict, retryAfter }: SignInForm): Html {
  const words = DASHBOARD_WORDS[locale].signIn;
  const told = verdict === 'refused' ? words.refused : words.tooMany(retryAfter);
  return html`<section class="card sign" aria-labelledby="sign-in"><header><h1 id="sign-in">${words.title}</h1></header>
<form method="post" action="/sign-in">
${verdict !== undefined && html`<p class="note bad" role="alert" id="refused">${told}</p>`}
<input type="hidden" name="to" value="${to}">
<label class="field">${words.token}<input type="password" name="token" required autofocus autocomplete="current-password" aria-describedby="where"${verdict !== undefined && html` aria-invalid="true"`}></label>
<p class="soft small" id="where">${words.where}</p>
<div><button class="main">${words.enter}</button></div>
</form></section>`;
}

export type Trouble =
  | 'notFound'
  | 'foreign'
  | 'foreignHost'
  | 'database'
  | 'unknownDone'
  | 'busy'
  | 'badRequest'
  | 'wrong'
  | 'toAct'
  | 'noToken'
  | 'refused'
  | 'too-many';

export interface Told {
  /** What an error of ours says to people is shown, and nothing else of it. */
  readonly error?: unknown;
  /** Of `too-many`: seconds. */
  readonly retryAfter?: number | undefined;
}

/** What went wrong, in the reader's words. */
export function troubleText(
  locale: Locale,
  kind: Trouble,
  { error, retryAfter = 0 }: Told = {},
): { title: string; content: Html } {
  const words = DASHBOARD_WORDS[locale];
  const { trouble, signIn } = words;
  const texts: Readonly<Record<Trouble, readonly [title: string, what: string, remedy?: string]>> = {
    notFound: [trouble.notFound, trouble.notFoundWhat],
    foreign: [trouble.wrong, trouble.foreign],
    foreignHost: [trouble.wrong, signIn.foreignHost],
    database: [trouble.database, trouble.databaseWhat, trouble.databaseRemedy],
    unknownDone: [trouble.database, trouble.unknownDone, trouble.databaseRemedy],
    busy: [trouble.wrong, ...(adviceOf(locale, error) ?? [trouble.busy, trouble.busyRemedy])],
    badRequest: [trouble.wrong, ...(adviceOf(locale, error) ?? [messageOf(error) ?? trouble.badRequest])],
    wrong: [trouble.wrong, ...(adviceOf(locale, error) ?? [trouble.failed, trouble.failedRemedy])],
    toAct: [trouble.wrong, signIn.toAct],
    noToken: [trouble.wrong, signIn.noToken],
    refused: [trouble.wrong, signIn.refused],
    'too-many': [trouble.wrong, signIn.tooMany(retryAfter)],
  };
  const [title, what, remedy] = texts[kind];
  const content = html`<section class="card sign"><header><h1>${title}</h1></header><div class="inside">
<p>${what}</p>${remedy !== undefined && html`<p><b>${words.remedy}:</b> ${remedy}</p>`}
<p><a href="/">${trouble.back}</a></p></div></section>`;
  return { title, content };
}

function adviceOf(locale: Locale, error: unknown): readonly [what: string, remedy: string] | undefined {
  const advice = isAppError(error) ? error.advice?.[locale] : undefined;
  return advice && [advice.what, advice.remedy];
}

function messageOf(error: unknown): string | undefined {
  return isAppError(error) ? error.message : undefined;
}
