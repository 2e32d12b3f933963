import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What happens to the first call for a customer: cut before the provider hears of it, or the provider acts
 * and its answer is cut, cut in half, no JSON, or held back until `release`.
 */
export type Fault = 'cut before' | 'cut after' | 'half an answer' | 'no JSON' | 'held';

/** A network between payments and the provider that fails as it is told; the provider stays what it is. */
export class FaultyProxy {
  readonly faults = new Map<string, Fault>();
  /** The provider's address; known once the stack runs. */
  target = '';
  /** Look-ups are answered with 503. */
  deaf = false;
  /** Customers whose answer waits. */
  readonly held = new Set<string>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FaultyProxy> {
    const server = createServer((request, response) => {
      proxy.pass(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const proxy = new FaultyProxy(server, `http://127.0.0.1:${address.port}`);
    return proxy;
  }

  /** Lets all held answers go. */
  release(): void {
    this.held.clear();
  }

  async stop(): Promise<void> {
    this.release();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    if (request.method === 'GET' && this.deaf) return void response.writeHead(503).end();
    const customer = request.method === 'POST' ? customerIn(body) : '';
    const fault = this.faults.get(customer);
    this.faults.delete(customer);
    if (fault === 'cut before') return void response.destroy();
    const answer = await fetch(`${this.target}${request.url ?? ''}`, {
      method: request.method ?? 'GET',
      headers: headersOf(request),
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    if (fault === 'cut after') return void response.destroy();
    if (fault === 'held') await this.holdBack(customer);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    if (fault === 'half an answer') {
      response.write(text.slice(0, 20));
      return void setImmediate(() => response.destroy());
    }
    response.end(fault === 'no JSON' ? '<html>' : text);
  }

  private async holdBack(customer: string): Promise<void> {
    this.held.add(customer);
    while (this.held.has(customer)) await sleep(10);
  }
}

const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const customerIn = (body: Buffer): string =>
  (JSON.parse(body.toString()) as { readonly customer?: string }).customer ?? '';

const FORWARDED = ['authorization', 'content-type', 'idempotency-key', 'traceparent'];
const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(FORWARDED.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
