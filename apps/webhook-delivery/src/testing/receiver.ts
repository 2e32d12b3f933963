import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a receiver saw it. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export type Behaviour = (response: ServerResponse, seen: Seen, request: IncomingMessage) => void;

export const answering =
  (status: number, headers: Record<string, string> = {}, body = ''): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end(body);
/** Takes the request and says nothing, ever. */
export const silent: Behaviour = () => undefined;

/** A real receiver on loopback; what it does can change at any time, for all paths or for one. */
export class Receiver {
  readonly seen: Seen[] = [];
  behaviour: Behaviour = answering(204);
  readonly paths = new Map<string, Behaviour>();
  /** Requests that are open, and the most that ever were, by path. */
  readonly open = new Map<string, number>();
  readonly mostOpen = new Map<string, number>();

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => void receiver.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What came on a path. */
  at(path: string): Seen[] {
    return this.seen.filter((one) => one.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const open = (this.open.get(path) ?? 0) + 1;
    this.open.set(path, open);
    this.mostOpen.set(path, Math.max(open, this.mostOpen.get(path) ?? 0));
    response.on('close', () => this.open.set(path, (this.open.get(path) ?? 1) - 1));
    let body = '';
    try {
      for await (const piece of request.setEncoding('utf8')) body += String(piece);
    } catch {
      return; // the sender went away
    }
    const seen = { path, headers: request.headers, body, at: performance.now() };
    this.seen.push(seen);
    (this.paths.get(path) ?? this.behaviour)(response, seen, request);
  }
}
