import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../../config/schema.js';
import type { Locale } from '../../domain/anomaly/wording.js';
import { DASHBOARD_WORDS } from '../words/words.js';
import { type Access, accessOf, localPath } from './access.js';
import type { Html } from './html.js';
import { document, type Frame, plainDocument } from './layout.js';
import type { Rendered } from './renders.js';
import { cookieOf, type SignIn } from './sign-in.js';
import { type Told, type Trouble, troubleText } from './sign-in-page.js';
import { type View, withQuery } from './view.js';

export const LANGUAGE_COOKIE = 'lang';

/** Who asks, for what, and how an answer becomes a page of theirs. */
export class Frames {
  constructor(
    private readonly config: Pick<Config, 'dashboard' | 'locale' | 'timeZone'>,
    private readonly signIn: SignIn,
    private readonly assets: string,
  ) {}

  access(request: FastifyRequest): Access {
    return accessOf(request, this.signIn, this.config.dashboard.host);
  }

  /** @param path path and query of ours, as they were asked for */
  view(request: FastifyRequest, path = request.url): View {
    const url = new URL(localPath(path), 'http://here.invalid');
    const query = new URLSearchParams(url.searchParams);
    for (const name of ['lang', 'done']) query.delete(name);
    // However it was spelt: the same question shares one rendering.
    query.sort();
    const wanted = url.searchParams.get('lang') ?? cookieOf(request.headers.cookie, LANGUAGE_COOKIE);
    const mayAct = this.access(request) === 'act';
    return { locale: localeNamed(wanted) ?? this.config.locale, path: url.pathname, query, mayAct };
  }

  page(request: FastifyRequest, reply: FastifyReply, rendered: Rendered): FastifyReply {
    return send(reply, document(this.#frame(request, true), rendered));
  }

  /** A page of one piece. */
  plain(request: FastifyRequest, reply: FastifyReply, title: string, content: Html): FastifyReply {
    return send(reply, plainDocument(this.#frame(request, false), title, content));
  }

  trouble(
    request: FastifyRequest,
    reply: FastifyReply,
    code: number,
    kind: Trouble,
    told: Told = {},
  ): FastifyReply {
    const { title, content } = troubleText(this.view(request).locale, kind, told);
    // Where the database was away, the page waits for it.
    const frame = this.#frame(request, kind === 'database' && request.method === 'GET');
    return send(reply.code(code), plainDocument(frame, title, content));
  }

  #frame(request: FastifyRequest, isLive: boolean): Frame {
    const view = this.view(request);
    const isIn = this.signIn.isSignedIn(request.headers.cookie);
    return {
      view,
      timeZone: this.config.timeZone,
      assets: this.assets,
      live: isLive ? `/live?page=${encodeURIComponent(withQuery(view, {}))}` : null,
      session: this.signIn.isPossible ? (isIn ? 'signed-in' : 'signed-out') : 'impossible',
      done: doneText(request, view.locale),
    };
  }
}

/** What an action has done, by its name and perhaps a figure in the address; only sentences of ours. */
function doneText(request: FastifyRequest, locale: Locale): string | undefined {
  const words = DASHBOARD_WORDS[locale].done;
  const { searchParams } = new URL(localPath(request.url), 'http://here.invalid');
  const [name = '', figure = ''] = (searchParams.get('done') ?? '').split(':');
  if (!Object.hasOwn(words, name)) return undefined;
  const text = words[name as keyof typeof words];
  return typeof text === 'function' ? text(/^\d{1,9}$/.test(figure) ? figure : '?') : text;
}

function send(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'private, no-cache').send(text);
}

function localeNamed(text: string | null | undefined): Locale | undefined {
  return text === 'ru' || text === 'en' ? text : undefined;
}
