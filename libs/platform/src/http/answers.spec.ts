import { describe, expect, it } from '@jest/globals';
import { example, send, useExample } from './example.fixture.js';

useExample();

describe('answers', () => {
  it('unknown routes, methods and query fields', async () => {
    expect(await send('/nope', { body: '{' })).toMatchObject({
      status: 404,
      body: { code: 'not-found', errorCode: 'NOT_FOUND' },
    });
    const put = await send('/v1/transfers?a=b', { method: 'PUT', body: '{' });
    expect(put).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } });
    expect(put.headers.get('allow')).toBe('GET, POST');
    const query = await send('/v1/transfers?cursor=a&limit=3', { method: 'GET' });
    expect(query).toMatchObject({
      status: 400,
      body: { errors: [{ loc: ['query', 'limit'], type: 'unknown-field' }] },
    });
    expect((await send('/v1/transfers?cursor=a', { method: 'GET' })).body).toEqual({
      query: { cursor: 'a' },
    });
  });

  it('a refusal has its status and its data, which cannot overwrite a member of the problem', async () => {
    const { text, status } = await send('/v1/spend', { body: '{"amount":9007199254740993,"asset":"TRY/2"}' });
    expect(status).toBe(409);
    const start =
      '{"type":"urn:defter:problem:no-funds","title":"No funds","status":409,"code":"no-funds","traceId":"';
    expect(text.slice(0, start.length)).toBe(start);
    expect(text).toMatch(/,"shortBy":9007199254740993\}$/);
  });

  it('a fault is 503 with Retry-After, a bug 500; neither tells what happened inside', async () => {
    const fault = await send('/v1/fault', { method: 'DELETE' });
    expect([fault.status, fault.headers.get('retry-after'), fault.body]).toMatchObject([
      503,
      '7',
      { code: 'ledger-away' },
    ]);
    const bug = await send('/v1/bug', { method: 'DELETE' });
    expect(bug).toMatchObject({ status: 500, body: { code: 'internal', traceId: expect.any(String) } });
    expect(fault.text + bug.text).not.toMatch(/ECONNREFUSED|secret|stack/);
  });

  it('continues a W3C trace, makes one where it is malformed; a hot route names it in problems', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const { body } = await send('/v1/trace', { method: 'GET', headers });
    expect(body).toMatchObject({
      traceId,
      traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
    });
    expect(body).not.toMatchObject(headers);
    const other = await send('/v1/trace', {
      method: 'GET',
      headers: { traceparent: `00-${'0'.repeat(32)}-1-01` },
    });
    expect(other.body).toMatchObject({ traceId: expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/) });
    expect(await send('/v1/hot', { method: 'GET', headers })).toMatchObject({
      status: 404,
      body: { traceId },
    });
  });

  it('strict headers on every answer, CORS headers for listed origins only', async () => {
    for (const path of ['/v1/trace', '/nope']) {
      const { headers } = await send(path, { method: 'GET', headers: { origin: 'https://evil.example' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const preflight = { origin: 'https://console.example', 'access-control-request-method': 'POST' };
    const allowed = await send('/v1/transfers', { method: 'OPTIONS', headers: preflight });
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://console.example',
    ]);
  });

  it('measures requests by route pattern', async () => {
    await send('/v1/bug?x=1', { method: 'DELETE' });
    const metrics = await (await fetch(`${example.managementUrl}/metrics`)).text();
    expect(metrics).toContain(
      'defter_http_request_seconds_count{service="example",' +
        'method="DELETE",route="/v1/bug",status_class="5xx"',
    );
    expect(metrics).toMatch(/route="unknown",status_class="4xx"/);
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
  });
});
