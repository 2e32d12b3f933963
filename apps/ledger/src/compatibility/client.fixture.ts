/** The published client of ledgers of this shape, as its users set it up, against a running Defter. */
import { HTTPClient, SDK } from '@formance/formance-sdk';
import * as errors from '@formance/formance-sdk/sdk/models/errors/index.js';
import { ErrorsV2ErrorResponse, type V2Posting } from '@formance/formance-sdk/sdk/models/ledger/index.js';
import type { TestLedger } from '../ledger.fixture.js';

export type Client = SDK['ledger']['v2'];

/** The client's ledger calls as the first tenant. `seen` gets every answer, to look at what was sent. */
export const clientOf = (ledger: TestLedger, seen: Response[] = []): Client => {
  const http = new HTTPClient();
  http.addHook('beforeRequest', (request) => {
    request.headers.set('authorization', `Bearer ${ledger.tokens.one}`);
  });
  http.addHook('response', (response) => void seen.push(response.clone()));
  const [replica] = ledger.replicas;
  return new SDK({ serverURL: replica?.url ?? '', httpClient: http }).ledger.v2;
};

/** One posting in the client's form. */
export const move = (source: string, destination: string, amount: bigint, asset = 'TRY/2'): V2Posting => ({
  source,
  destination,
  amount,
  asset,
});

/** What the client made of a refusal: status and error code. What it can't read fails the test. */
export const refusalOf = async (call: Promise<unknown>): Promise<[status: number, errorCode: string]> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof ErrorsV2ErrorResponse) return [error.statusCode, error.errorCode];
    if (error instanceof errors.SDKValidationError) throw new Error(error.pretty());
    throw error;
  }
  return [200, 'accepted'];
};
