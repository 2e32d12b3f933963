import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RawRequest } from '@defter/payments-contracts';
import type { WebhookType } from '../operations/operation.js';

/** What a merchant's endpoint got, in order. */
export interface Received {
  readonly request: RawRequest;
  /** The body, if it is JSON; the fields of the mock's own dialect are empty in the others. */
  readonly json: {
    readonly id: string;
    readonly type: WebhookType;
    readonly operation: Readonly<Record<string, string>>;
  };
}

export interface Receiver {
  readonly url: string;
  readonly all: readonly Received[];
  of(operationId: string): readonly Received[];
  /** The status of the next answers; 0 hangs up. 200 until told otherwise. */
  answerWith(status: number, text?: string): void;
  /** Requests to a path that ends so. */
  at(path: string): readonly Received[];
  stop(): Promise<void>;
}

/** A merchant's webhook endpoint that keeps what comes. */
export async function startReceiver(): Promise<Receiver> {
  const all: Received[] = [];
  let [status, text] = [200, 'OK'];
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      if (status === 0) return void incoming.socket.destroy();
      const body = Buffer.concat(chunks);
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      );
      all.push({
        request: { path: incoming.url ?? '', headers, body },
        json: readBody(body.toString()),
      });
      answer.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    all,
    of: (operationId) => all.filter(({ json }) => json.operation['operation_id'] === operationId),
    answerWith: (next, nextText = 'OK') => void ([status, text] = [next, nextText]),
    at: (path) => all.filter(({ request }) => request.path.endsWith(path)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readBody(body: string): Received['json'] {
  const json = body.startsWith('{') ? (JSON.parse(body) as Partial<Received['json']>) : {};
  return { id: '', type: 'deposit_captured', operation: {}, ...json };
}
