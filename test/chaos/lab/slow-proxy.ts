import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port that passes everything on to another one, each piece of what the client says so much later. */
export class SlowProxy {
  delayMs = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async start(host: string, port: number): Promise<SlowProxy> {
    const server = createServer();
    const made = new SlowProxy(server);
    server.on('connection', (client) => made.#pass(client, connect({ host, port })));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return made;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  #pass(client: Socket, server: Socket): void {
    let order = Promise.resolve();
    client.on('data', (part) => {
      const due = Date.now() + this.delayMs;
      order = order.then(async () => {
        const wait = due - Date.now();
        if (wait > 0) await new Promise((done) => setTimeout(done, wait));
        if (!server.destroyed) server.write(part);
      });
    });
    server.on('data', (part) => void client.write(part));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((done) => this.server.close(() => done()));
  }
}
