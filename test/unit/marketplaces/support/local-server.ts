import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Handler = (asked: Asked, response: ServerResponse) => void;

/** An HTTP server on a free port of this machine that does whatever the test says. */
export class LocalServer {
  readonly asked: Asked[] = [];
  /** Every connection that was ever opened. */
  readonly sockets: Socket[] = [];
  handler: Handler = (_asked, response) => response.end('{}');

  private constructor(private readonly server: Server) {}

  static async start(): Promise<LocalServer> {
    const server = createServer();
    const local = new LocalServer(server);
    server.on('connection', (socket) => void local.sockets.push(socket));
    server.on('request', (request, response) => void local.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return local;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.asked.push(asked);
    this.handler(asked, response);
  }
}

export function answer(status: number, body: string, headers: Record<string, string> = {}): Handler {
  return (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

/** Handlers one after the other; the last one stays. */
export function inTurn(...handlers: readonly [Handler, ...Handler[]]): Handler {
  let next = 0;
  return (asked, response) => {
    const handler = handlers[Math.min(next, handlers.length - 1)] ?? handlers[0];
    next += 1;
    handler(asked, response);
  };
}
