import { type Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestRequest } from './test-provider.js';

/** An answer as these helpers give it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Posts from an address of the loopback network, which `fetch` can't choose. */
export function postFrom(
  localAddress: string,
  url: string,
  { body, headers }: TestRequest,
  agent: Agent | undefined = undefined,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { ...headers, 'content-length': body.length }, localAddress };
    const sending = request(url, { ...options, ...(agent !== undefined && { agent }) }, (answer) => {
      const { statusCode: status = 0, headers: given } = answer;
      text(answer).then((all) => resolve({ status, headers: given, body: all }), reject);
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

/** Everything that the server says to these bytes until it ends the connection, or `until` is seen. */
export async function converse(
  url: string,
  bytes: readonly (string | Buffer)[],
  until = /\r\n\r\n/,
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number.parseInt(port, 10), hostname);
  try {
    for (const piece of bytes) socket.write(piece);
    let heard = '';
    for await (const piece of socket) {
      heard += (piece as Buffer).toString('latin1');
      if (until.test(heard)) break;
    }
    return heard;
  } finally {
    socket.destroy();
  }
}
