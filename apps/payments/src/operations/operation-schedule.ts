import {
  isSettled,
  type NextStep,
  nextStep,
  type OperationState,
  type Patience,
  type Tried,
} from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';

/** What a runner learned beside the observation; absent when a webhook or report brought it. */
export interface CallEnd {
  readonly leaseNumber: number;
  readonly wasLookup: boolean;
  readonly notFound: boolean;
  readonly nativeIdempotency: boolean;
  /**
   * How long after the last send a look-up may still miss it: finding nothing before is no proof. 0: finding
   * nothing always is.
   */
  readonly unseenMs: number;
  /** The provider didn't say what became of it. */
  readonly isSilent: boolean;
}

/** When to do what; of a dispute, whether its provider can be asked at all. */
export interface Waits extends Patience {
  /** How long a dispute waits for its events before it is looked up, or people are called. */
  readonly disputeMs: number;
  readonly findsDisputes: boolean;
}

interface Row {
  readonly result: OperationState['result'];
  readonly lease_number: number;
  readonly sends: number;
  readonly lookups: number;
  readonly not_found: boolean;
  /** Somebody asked while a runner was at it. */
  readonly asked_again: boolean;
}

/**
 * Plans what happens next with an operation, from what is known of it now. Called while the owner's stream is
 * locked.
 * A runner that lost its lease plans nothing, unless it brought news.
 */
export const scheduleOperation = async (
  tx: Transaction,
  tenantId: string,
  operation: OperationState,
  { patience, call }: { readonly patience: Waits; readonly call: CallEnd | undefined },
): Promise<NextStep> => {
  const row = await lockRow(tx, tenantId, operation.operationId);
  const moved = row.result !== operation.result;
  const holdsLease = call?.leaseNumber === row.lease_number;
  if (!moved && !holdsLease) {
    await noteProviderRef(tx, tenantId, operation);
    return { step: 'nothing' };
  }
  const { tried, earlyByMs } = await triedSoFar(tx, tenantId, { operation, row, call });
  const plan = planned({ operation, tried, earlyByMs }, patience, call);
  const next = row.asked_again ? askedNow(plan, operation) : plan;
  // Noted until the runner who was at it has told: another one may bring news before.
  const askedAgain = row.asked_again && !holdsLease;
  await writePlan(tx, tenantId, operation, { tried, next, askedAgain });
  tx.signal('operations');
  return next;
};

/** What has been tried by now, with this call. */
const triedSoFar = async (
  tx: Transaction,
  tenantId: string,
  known: { readonly operation: OperationState; readonly row: Row; readonly call: CallEnd | undefined },
): Promise<{ readonly tried: Tried; readonly earlyByMs: number }> => {
  const { operation, row, call } = known;
  const earlyByMs = call?.notFound === true ? await tooEarlyBy(tx, tenantId, operation, call) : 0;
  const isAnswered = operation.kind === 'chargeback' && call?.isSilent !== true;
  const isAnew = row.result !== operation.result || isAnswered;
  const proven = call && { ...call, notFound: call.notFound && earlyByMs === 0 };
  return { tried: triedBy(row, isAnew, proven), earlyByMs };
};

const planned = (
  known: { readonly operation: OperationState; readonly tried: Tried; readonly earlyByMs: number },
  patience: Waits,
  call: CallEnd | undefined,
): NextStep => {
  const { operation, tried, earlyByMs } = known;
  if (operation.kind === 'chargeback') return disputeStep(operation, tried, patience, call);
  const next = nextStep(operation.result, tried, patience, call?.nativeIdempotency ?? false);
  return earlyByMs > 0 ? askedAgain(next, earlyByMs) : next;
};

/**
 * A dispute takes weeks at the provider. Its events tell; one that got lost would keep its funds held for
 * ever, so the provider is asked now and then, as long as it answers. A provider that can't be asked, or
 * doesn't say, leaves it to people: nothing is guessed, and nothing is ever sent.
 */
const disputeStep = (
  { result }: OperationState,
  tried: Tried,
  { disputeMs, findsDisputes, ladderMs }: Waits,
  call: CallEnd | undefined,
): NextStep => {
  if (isSettled(result)) return { step: 'nothing' };
  if (call?.isSilent !== true) return { step: 'look_up', inMs: disputeMs };
  const inMs = findsDisputes ? ladderMs[tried.lookups] : undefined;
  return inMs === undefined ? { step: 'alarm' } : { step: 'look_up', inMs };
};

/** What may have arrived is looked up at once, whatever the ladder says; what is known isn't. */
const askedNow = (next: NextStep, { result }: OperationState): NextStep =>
  (result === 'unknown' || result === 'pending') && next.step !== 'send'
    ? { step: 'look_up', inMs: 0 }
    : next;

/** At the latest when finding nothing has become a proof; also when the ladder has no rung any more. */
const askedAgain = (next: NextStep, earlyByMs: number): NextStep => {
  if (next.step === 'nothing') return next;
  const inMs = 'inMs' in next ? Math.min(next.inMs, earlyByMs) : earlyByMs;
  return { step: 'look_up', inMs };
};

/**
 * By how many milliseconds the look-up was begun before it could have seen the last send. Sends are noted
 * before they go out; one that wasn't noted never left.
 */
const tooEarlyBy = async (
  tx: Transaction,
  tenantId: string,
  { operationId }: OperationState,
  { leaseNumber, unseenMs }: CallEnd,
): Promise<number> => {
  if (unseenMs === 0) return 0;
  const [row] = await tx.query<{ since: number | null }>(
    `select extract(epoch from coalesce(max(started_at) filter (where lease_number = $3), now())
                             - max(started_at) filter (where step = 'send'))::float8 * 1000 as since
       from provider_call where tenant_id = $1 and operation_id = $2`,
    [tenantId, operationId, leaseNumber],
  );
  const since = row?.since ?? null;
  return since === null ? 0 : Math.max(0, Math.ceil(unseenMs - since));
};

const lockRow = async (tx: Transaction, tenantId: string, operationId: string): Promise<Row> => {
  const [row] = await tx.query<Row>(
    `select result, lease_number, sends, lookups, not_found, asked_again from operation
      where tenant_id = $1 and operation_id = $2 for update`,
    [tenantId, operationId],
  );
  if (row === undefined) throw new Error(`Operation ${operationId} has no row`);
  return row;
};

/** Look-ups count from the last change of the result; of a dispute, from the last answer. */
const triedBy = (row: Row, isAnew: boolean, call: CallEnd | undefined): Tried => ({
  sends: row.sends,
  lookups: (isAnew ? 0 : row.lookups) + (call?.wasLookup === true ? 1 : 0),
  notFound: call === undefined ? row.not_found && !isAnew : call.notFound,
});

/** Up to a fifth, and a minute, later than planned: what failed together isn't tried again together. */
const writePlan = (
  tx: Transaction,
  tenantId: string,
  { operationId, result, providerRefs }: OperationState,
  plan: { readonly tried: Tried; readonly next: NextStep; readonly askedAgain: boolean },
): Promise<unknown> => {
  const { tried, next, askedAgain } = plan;
  const due = 'inMs' in next ? next : { step: null, inMs: 0 };
  return tx.query(
    `update operation
        set result = $3, provider_ref = $4, next_step = $5,
            due_at = now()
                     + ($6::float8 + least($6::float8 * 0.2, 60000) * random()) * interval '1 millisecond',
            leased = false, lookups = $7, not_found = $8, asked_again = $10, updated_at = now(),
            alarmed_at = case when $9 then coalesce(alarmed_at, now()) else null end
      where tenant_id = $1 and operation_id = $2`,
    [
      ...[tenantId, operationId, result, providerRefs[0] ?? null],
      ...[due.step, due.inMs, tried.lookups, tried.notFound, next.step === 'alarm', askedAgain],
    ],
  );
};

const noteProviderRef = (tx: Transaction, tenantId: string, operation: OperationState): Promise<unknown> =>
  tx.query(
    `update operation set provider_ref = $3
      where tenant_id = $1 and operation_id = $2 and provider_ref is distinct from $3`,
    [tenantId, operation.operationId, operation.providerRefs[0] ?? null],
  );
