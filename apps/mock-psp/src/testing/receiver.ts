import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RawRequest } from '@defter/payments-contracts';
import type { WebhookType } from '../operations/operation.js';

/** What a merchant's endpoint got, in order. */
export interface Received {
  readonly request: RawRequest;
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
  answerWith(status: number): void;
  stop(): Promise<void>;
}

/** A merchant's webhook endpoint that keeps what comes. */
export async function startReceiver(): Promise<Receiver> {
  const all: Received[] = [];
  let status = 200;
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
        json: JSON.parse(body.toString()) as Received['json'],
      });
      answer.writeHead(status).end('OK');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    all,
    of: (operationId) => all.filter(({ json }) => json.operation['operation_id'] === operationId),
    answerWith: (next) => void (status = next),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
