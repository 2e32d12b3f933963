import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { exchange, wasNeverSent } from './exchange.js';

describe('an error that proves that nothing was sent', () => {
  it.each([
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, true],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
    [{ code: 'EHOSTUNREACH', syscall: 'connect' }, true],
    // The same code while reading or writing: the request may have arrived.
    [{ code: 'EHOSTUNREACH', syscall: 'read' }, false],
    [{ code: 'ECONNRESET', syscall: 'read' }, false],
    [{ code: 'UND_ERR_HEADERS_TIMEOUT' }, false],
    [new DOMException('late', 'TimeoutError'), false],
    [undefined, false],
  ])('%p: %p', (error, expected) => expect(wasNeverSent(error)).toBe(expected));
});

describe('an exchange', () => {
  const at = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
    const server = createServer((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(request.url === '/moved' ? 302 : 200, { location: '/', 'x-a': 'b' });
      response.end('x'.repeat(100));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
  const options = { method: 'GET', timeoutMs: 200, limitBytes: 100 } as const;

  it('ends with a whole answer, and follows no redirect', () =>
    at(async (url) => {
      const answer = await exchange({ ...options, timeoutMs: 10_000, url });
      expect(answer).toMatchObject({ outcome: 'answered', status: 200, headers: { 'x-a': 'b' } });
      const moved = await exchange({ ...options, timeoutMs: 10_000, url: `${url}/moved` });
      expect(moved).toMatchObject({ outcome: 'answered', status: 302 });
    }));

  it('has no answer when it is late, or one byte too long', () =>
    at(async (url) => {
      expect((await exchange({ ...options, url: `${url}/silent` })).outcome).toBe('no_answer');
      const long = await exchange({ ...options, timeoutMs: 10_000, limitBytes: 99, url });
      expect(long.outcome).toBe('no_answer');
    }));

  it('was not sent when it was given up before, or nobody listens', async () => {
    const gone = await at(async (url) => url);
    expect((await exchange({ ...options, timeoutMs: 10_000, url: gone })).outcome).toBe('not_sent');
    const given = { ...options, url: gone, signal: AbortSignal.abort() };
    expect((await exchange(given)).outcome).toBe('not_sent');
  });
});
