/** Between a caller and a server: everything arrives, and while it is mute no answer comes back. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class LossyProxy {
  private readonly sockets = new Set<Socket>();
  private isMute = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(to: number): Promise<LossyProxy> {
    const server = createServer((caller) => proxy.join(caller, connect(to, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const proxy = new LossyProxy(server, address.port);
    return proxy;
  }

  mute(): void {
    this.isMute = true;
  }

  /** What was lost stays lost: callers have to connect again. */
  heal(): void {
    this.isMute = false;
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(caller: Socket, server: Socket): void {
    for (const [socket, other] of [
      [caller, server],
      [server, caller],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    caller.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => {
      if (!this.isMute) caller.write(bytes);
    });
  }
}
