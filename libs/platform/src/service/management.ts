import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lifecycle } from './lifecycle.js';
import type { Metrics } from './metrics.js';

/** The port that only the platform's operators reach: is it alive, is it ready, what does it measure. */
export interface ManagementServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/livez`: the event loop answers and no task has died. `/readyz`: started, not stopping, and every task's
 * dependencies are there. `/metrics`: Prometheus text.
 */
export async function startManagement(
  address: { readonly host: string; readonly port: number },
  lifecycle: Lifecycle,
  metrics: Metrics,
): Promise<ManagementServer> {
  const routes: Record<string, (response: ServerResponse) => Promise<void>> = {
    '/livez': async (response) => report(response, 'alive', lifecycle.dead()),
    '/readyz': async (response) => report(response, 'ready', await lifecycle.unreadyBecause()),
    '/metrics': async (response) => {
      const text = await metrics.registry.metrics();
      response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
    },
  };
  const server = createServer((request, response) => {
    const route = routes[request.url?.split('?')[0] ?? ''];
    if (route === undefined || request.method !== 'GET') return void response.writeHead(404).end();
    route(response).catch(() => response.writeHead(500).end());
  });
  await listen(server, address);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${address.host}:${port}`, close: () => close(server) };
}

function report(response: ServerResponse, good: string, bad: readonly string[]): void {
  const body = bad.length === 0 ? { status: good } : { status: `not ${good}`, because: bad };
  response
    .writeHead(bad.length === 0 ? 200 : 503, { 'content-type': 'application/json' })
    .end(JSON.stringify(body));
}

function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
