import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { ChannelMessage } from '../../../src/ports/channel.js';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** What the next requests are answered with. */
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A local HTTP server that keeps what it is sent; a proxy too, for plain requests and for tunnels. */
export async function startReceiver(): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      receiver.answer(response);
    });
  });
  server.on('connect', (request, socket: Socket) => {
    received.push({ method: 'CONNECT', url: request.url ?? '', headers: request.headers, body: '' });
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    sockets.add(onward);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    answer: (response) => void response.end('{}'),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export const secret = (text: string) => ({ reveal: () => text });

export const MESSAGE: ChannelMessage = {
  id: '0b1e',
  to: '-1001234567890',
  at: '2026-11-22T11:06:00.000Z',
  subject: 'Ozon: 1 товар закончился',
  text: '<b>Кружка</b> & _x_ *y* 👩‍👩‍👧',
  counts: { raised: 1, resolved: 0, repeated: 0, muted: 0 },
  alerts: [],
  repeated: [],
};
