import { type ExistingPayout, fromPlain, toPlain } from '@defter/payments-domain';
import type { Queryable, Transaction } from '@defter/platform';

/** A request as it was first made with its key. */
export interface PayoutRequestRow {
  readonly payoutId: string;
  readonly fingerprint: Buffer;
  /** The payout as it is now. */
  readonly claimed: ExistingPayout;
  /** The payout as it was answered; undefined while the ledger is being asked. */
  readonly answered: AnsweredPayout | undefined;
}

export interface AnsweredPayout {
  readonly payout: ExistingPayout;
  readonly version: bigint;
  readonly createdAt: Date;
}

interface Row {
  readonly payout_id: string;
  readonly state: Record<string, unknown>;
  readonly created_at: Date;
  readonly fingerprint: Buffer;
  readonly answer: { readonly version: string; readonly state: Record<string, unknown> } | null;
}

/** Takes the key for this payout. While another transaction takes it, this waits; false when it is taken. */
export const claimRequest = async (
  tx: Transaction,
  tenantId: string,
  request: { readonly key: string; readonly fingerprint: Buffer; readonly payoutId: string },
): Promise<boolean> => {
  const { key, fingerprint, payoutId } = request;
  const claimed = await tx.query(
    `insert into payout_request (tenant_id, idempotency_key, fingerprint, payout_id) values ($1, $2, $3, $4)
     on conflict (tenant_id, idempotency_key) do nothing returning payout_id`,
    [tenantId, key, fingerprint, payoutId],
  );
  return claimed.length > 0;
};

export const findRequest = async (
  database: Queryable,
  tenantId: string,
  key: string,
): Promise<PayoutRequestRow | undefined> => {
  const [row] = await database.query<Row>(
    `select payout_request.payout_id, payout_request.fingerprint, payout_request.answer, payout.state,
            payout.created_at
       from payout_request
       join payout on payout.tenant_id = $1 and payout.payout_id = payout_request.payout_id
      where payout_request.tenant_id = $1 and payout_request.idempotency_key = $2`,
    [tenantId, key],
  );
  return (
    row && {
      payoutId: row.payout_id,
      fingerprint: row.fingerprint,
      claimed: fromPlain<ExistingPayout>(row.state),
      answered: toAnswered(row),
    }
  );
};

/** Fixes the answer of the payout's request, for ever. */
export const storeAnswer = (
  tx: Transaction,
  tenantId: string,
  payout: ExistingPayout,
  version: bigint,
): Promise<unknown> =>
  tx.query(
    'update payout_request set answer = $3 where tenant_id = $1 and payout_id = $2 and answer is null',
    [tenantId, payout.payoutId, JSON.stringify({ version: version.toString(), state: toPlain(payout) })],
  );

const toAnswered = ({ answer, created_at: createdAt }: Row): AnsweredPayout | undefined =>
  answer === null
    ? undefined
    : { payout: fromPlain<ExistingPayout>(answer.state), version: BigInt(answer.version), createdAt };
