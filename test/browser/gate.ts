import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be shut: what is open breaks, and nobody comes in until it is opened again. */
export class Gate {
  readonly #sockets = new Set<Socket>();
  #isShut = false;

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async to(host: string, port: number): Promise<Gate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const gate = new Gate(address.port, server);
    server.on('connection', (near) => gate.#pass(near, host, port));
    return gate;
  }

  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  open(): void {
    this.#isShut = false;
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #pass(near: Socket, host: string, port: number): void {
    if (this.#isShut) {
      near.destroy();
      return;
    }
    const far = connect(port, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
