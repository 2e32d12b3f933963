import { describe, expect, it } from '@jest/globals';
import { exchange, wasNeverSent } from './http.js';

describe('an error that proves that nothing was sent', () => {
  it.each([
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, true],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, true],
    [{ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, true],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
    [{ code: 'EHOSTUNREACH', syscall: 'connect' }, true],
    // The same code while reading or writing: the request may have arrived.
    [{ code: 'EHOSTUNREACH', syscall: 'read' }, false],
    [{ code: 'ECONNRESET', syscall: 'read' }, false],
    [{ code: 'EPIPE', syscall: 'write' }, false],
    [{ code: 'UND_ERR_SOCKET' }, false],
    [{ code: 'UND_ERR_HEADERS_TIMEOUT' }, false],
    [new DOMException('late', 'TimeoutError'), false],
    [undefined, false],
  ])('%p: %p', (error, expected) => expect(wasNeverSent(error)).toBe(expected));

  it('is also a call that was given up before it began', async () => {
    const call = { baseUrl: 'http://127.0.0.1:9', apiKey: 'k', timeoutMs: 100, signal: AbortSignal.abort() };
    const { outcome } = await exchange({ method: 'GET', path: '/', limitBytes: 10 }, call);
    expect(outcome).toBe('not_sent');
  });
});
