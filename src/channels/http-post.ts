import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  /** For all of it, from the first try to connect to the last byte of the answer. */
  readonly timeoutMs: number;
  /** An HTTP proxy, `http(s)://[user:password@]host:port`. */
  readonly proxy?: URL | undefined;
}

export interface PostAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The first 64 KB. */
  readonly text: string;
}

/** No whole answer came. */
export class PostFailure extends Error {
  constructor(
    message: string,
    /** The whole request had been sent: the other side may have acted on it. */
    readonly unclear: boolean,
  ) {
    super(message);
  }
}

const LONGEST_ANSWER = 64 * 1024;

/**
 * One POST with a whole answer of any status; redirects are answers like any other. Certificates are checked.
 *
 * @throws PostFailure
 */
export async function postJson(post: Post): Promise<PostAnswer> {
  const signal = AbortSignal.timeout(post.timeoutMs);
  let sent = false;
  try {
    const request = await requestTo(post, signal);
    // After the last byte has left for the network, which a connection that never came about does not reach.
    request.once('finish', () => {
      sent = true;
    });
    const answered = once(request, 'response', { signal }) as Promise<[IncomingMessage]>;
    request.end(post.body);
    const [answer] = await answered;
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await read(answer) };
  } catch (error) {
    const why = signal.aborted ? `no answer in ${post.timeoutMs / 1000} s` : reasonOf(error);
    throw new PostFailure(why, sent);
  }
}

async function requestTo({ url, headers, body, proxy }: Post, signal: AbortSignal): Promise<ClientRequest> {
  const all = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': 'inventory-sync',
    ...headers,
  };
  const isTls = url.protocol === 'https:';
  if (proxy === undefined) {
    return (isTls ? httpsRequest : httpRequest)(url, { method: 'POST', headers: all, signal, agent: false });
  }
  if (isTls) {
    const socket = await tunnel(url, proxy, signal);
    const host = bare(url.hostname);
    // A certificate may be for an address, but no server is asked for by one (RFC 6066).
    const name = isIP(host) === 0 ? { servername: host } : {};
    const secure = tlsConnect({ socket, host, ...name, ALPNProtocols: ['http/1.1'] });
    const createConnection = () => secure;
    return httpsRequest(url, { method: 'POST', headers: all, signal, createConnection });
  }
  const viaProxy = { Host: url.host, ...authorization(proxy), ...all };
  return requesting(proxy)(addressOf(proxy), {
    method: 'POST',
    path: url.href,
    headers: viaProxy,
    signal,
    agent: false,
  });
}

/** A connection through the proxy that nobody on the way can look into. */
async function tunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Duplex> {
  const target = `${url.hostname}:${url.port || '443'}`;
  const request = requesting(proxy)(addressOf(proxy), {
    method: 'CONNECT',
    path: target,
    headers: { Host: target, ...authorization(proxy) },
    signal,
    agent: false,
  });
  const connected = once(request, 'connect', { signal }) as Promise<[IncomingMessage, Duplex]>;
  request.end();
  const [answer, socket] = await connected;
  if (answer.statusCode === 200) return socket;
  socket.destroy();
  throw new Error(`the proxy answers ${answer.statusCode ?? 0} ${answer.statusMessage ?? ''}`.trim());
}

function requesting({ protocol }: URL) {
  return protocol === 'https:' ? httpsRequest : httpRequest;
}

/** Without the login, which Node would otherwise send as one for the target. */
function addressOf(proxy: URL): URL {
  return new URL(`${proxy.protocol}//${proxy.host}`);
}

/** What a URL holds is percent-encoded; a password with a bare percent sign was typed as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const login = `${decoded(username)}:${decoded(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > LONGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_ANSWER).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
