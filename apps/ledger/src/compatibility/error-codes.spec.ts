import { describe, expect, it } from '@jest/globals';
import { HTTPClient, SDK } from '@formance/formance-sdk';
import { V2ErrorsEnum } from '@formance/formance-sdk/sdk/models/ledger/index.js';
import { errorCodeOf, ledgerProblemShape, refusalProblems, requestProblems } from '../ledger.problems.js';
import { ErrorCode } from '../openapi/answers.js';
import { refusalOf } from './client.fixture.js';

const problems = Object.entries({ ...refusalProblems, ...requestProblems });

/** The client's ledger calls against a server that answers everything with this problem. */
const clientOf = (code: string, status: number) => {
  const problem = { type: 'about:blank', title: 'Refused', status, code, traceId: '0' };
  const shaped = ledgerProblemShape(
    { ...problem, details: 'needed 1; available 0' },
    { url: '/v2', headers: {} },
  );
  const init = { status, headers: { 'content-type': 'application/json' } };
  const fetcher = () => Promise.resolve(new Response(JSON.stringify(shaped), init));
  const httpClient = new HTTPClient({ fetcher });
  return new SDK({ serverURL: 'http://127.0.0.1:1', httpClient }).ledger.v2;
};

describe('the published client', () => {
  it.each(problems)('reads the refusal %s, with its status and error code', async (code, problem) => {
    const client = clientOf(code, problem.status);
    const read = await refusalOf(client.getLedger({ ledger: 'main' }));
    expect(read).toEqual([problem.status, problem.errorCode]);
  });

  it.each([400, 401, 403, 404, 405, 409, 413, 415, 422, 503, 500])(
    'reads what the framework refuses with %i',
    async (status) => {
      const client = clientOf('whatever', status);
      expect(await refusalOf(client.readStats({ ledger: 'main' }))).toEqual([
        status,
        errorCodeOf('whatever', status),
      ]);
    },
  );

  it('knows every error code that the document names', () => {
    const known = new Set<string>(Object.values(V2ErrorsEnum));
    const named = (ErrorCode as unknown as { enum: readonly string[] }).enum;
    expect(named.filter((code) => !known.has(code))).toEqual([]);
    const used = new Set([...problems.map(([, { errorCode }]) => errorCode), errorCodeOf('bug', 500)]);
    expect([...used].filter((code) => !named.includes(code))).toEqual([]);
  });
});
