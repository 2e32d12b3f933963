import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export const answer =
  (status: number, body: string, contentType = 'application/json'): Behaviour =>
  (_, response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body);
  };

/**
 * Ways in which a provider, or something before it, can fail to give a clear answer after the request was
 * sent.
 */
export const breakages: Readonly<Record<string, Behaviour>> = {
  'never answers': () => undefined,
  'hangs up without an answer': (request) => void request.socket.destroy(),
  'hangs up in the middle of its answer': (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"id":');
    setImmediate(() => request.socket.destroy());
  },
  'stops in the middle of its answer': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"id":');
  },
  'answers 200 with nothing': answer(200, ''),
  'answers 200 with half a document': answer(200, '{"id":"x"'),
  'answers 200 with another document': answer(200, '{"hello":"world"}'),
  'answers 200 with a page': answer(200, '<html>Welcome</html>', 'text/html'),
  'answers 200 with the number 1': answer(200, '1'),
  'answers 200 with bytes that are no text': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0xff, 0xfe, 0x00]));
  },
  'answers 200 without an end': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const write = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', write);
    write();
  },
  'answers 204': (_, response) => void response.writeHead(204).end(),
  'answers 302': answer(302, ''),
  'answers 404 with a page': answer(404, '<html>Not found</html>', 'text/html'),
  'answers 408': answer(408, ''),
  'answers 429': answer(429, '{"error":"slow down"}'),
  'answers 500': answer(500, '{"error":"oops"}'),
  'answers 502 with a page': answer(502, '<html>Bad gateway</html>', 'text/html'),
  'answers 503': answer(503, ''),
};

/** Runs `work` with the base URL of a server on the loopback that behaves so; it is gone afterwards. */
export async function withServer<T>(behaviour: Behaviour, work: (baseUrl: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    // The whole request is read first: that is what makes the outcome unknown rather than never sent.
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => behaviour(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Runs `work` with a base URL that leads to this one, where every answer above 499 has another status. */
export const withStatus = <T>(
  baseUrl: string,
  status: number,
  work: (baseUrl: string) => Promise<T>,
): Promise<T> => {
  const pass: Behaviour = ({ method = 'GET', url = '/', headers }, response, body) => {
    const { authorization, 'content-type': contentType } = headers;
    const passedOn = {
      ...(authorization !== undefined && { authorization }),
      ...(contentType !== undefined && { 'content-type': contentType }),
    };
    const sent = method === 'GET' ? {} : { body: new Uint8Array(body) };
    void fetch(`${baseUrl}${url}`, { method, headers: passedOn, ...sent }).then(
      async (answered) => {
        const said = Buffer.from(await answered.arrayBuffer());
        const told = answered.status < 500 ? answered.status : status;
        response.writeHead(told, { 'content-type': 'application/json' }).end(said);
      },
      () => response.destroy(),
    );
  };
  return withServer(pass, work);
};

/** A base URL at which nobody listens. */
export function closedBaseUrl(): Promise<string> {
  let baseUrl = '';
  return withServer(answer(200, ''), async (url) => void (baseUrl = url)).then(() => baseUrl);
}
