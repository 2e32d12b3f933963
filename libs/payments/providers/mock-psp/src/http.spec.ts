import { expect, it } from '@jest/globals';
import { ask } from './http.js';

it('a call that was given up before it began is certainly not sent', async () => {
  const call = { baseUrl: 'http://127.0.0.1:9', apiKey: 'k', timeoutMs: 100, signal: AbortSignal.abort() };
  expect(await ask({ method: 'GET', path: '/', limitBytes: 10 }, call)).toMatchObject({
    outcome: 'not_sent',
  });
});
