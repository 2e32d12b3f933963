import { Fault } from '@defter/platform';
import type { PaymentsConfig } from './config.js';

/** What the ledger answered over REST; `code` is that of an error, in its words. */
export interface LedgerReply {
  readonly status: number;
  readonly body: unknown;
  readonly code: string | undefined;
}

/**
 * One question to the ledger's REST API on behalf of a tenant, with a body when something is written.
 * @throws Fault `ledger-away` when there is no answer
 */
export const askLedger = async (
  { ledgerUrl, serviceToken, ledgerTimeoutMs }: PaymentsConfig,
  tenantId: string,
  path: string,
  body?: object,
): Promise<LedgerReply> => {
  try {
    const response = await fetch(`${ledgerUrl}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${serviceToken}`,
        'defter-tenant': tenantId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ledgerTimeoutMs),
    });
    const answer = jsonOf(await response.text());
    return { status: response.status, body: answer, code: response.ok ? undefined : errorCodeIn(answer) };
  } catch (error) {
    throw new Fault('ledger-away', `The ledger can't be reached: ${String(error)}`, 1, { cause: error });
  }
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const errorCodeIn = (body: unknown): string | undefined => {
  const code: unknown = typeof body === 'object' && body !== null && 'errorCode' in body && body.errorCode;
  return typeof code === 'string' ? code : undefined;
};
