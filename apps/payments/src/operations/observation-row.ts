import type { Observation } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';

/** Notes an observation, news or not. The same one again (a repeated message) is passed over. */
export const noteObservation = (
  tx: Transaction,
  tenantId: string,
  { operationId, source, result, ...rest }: Observation,
  { observationId, isNews, about }: Noted,
): Promise<unknown> =>
  tx.query(
    `insert into observation (tenant_id, operation_id, observation_id, source, result, is_news, detail)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      tenantId,
      operationId,
      observationId,
      source,
      result,
      isNews,
      JSON.stringify({ ...detailOf(rest), ...about }),
    ],
  );

interface Noted {
  readonly observationId: string;
  readonly isNews: boolean;
  /** What else people may want to know of it. */
  readonly about: Readonly<Record<string, string>> | undefined;
}

const detailOf = ({
  providerRef,
  declineCode,
  echoed,
}: Pick<Observation, 'providerRef' | 'declineCode' | 'echoed'>) => ({
  ...(providerRef === null ? {} : { provider_ref: providerRef }),
  ...(declineCode === null ? {} : { decline_code: declineCode }),
  ...(echoed === null ? {} : { amount_minor: echoed.amountMinor.toString(), currency: echoed.currency }),
});
