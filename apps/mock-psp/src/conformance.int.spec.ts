import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { conformanceCases, type ConformanceSubject, type Ending } from '@defter/payments-contracts';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { keys, type MockServer, operation, startMockServer } from './testing/mock-server.js';
import type { Received } from './testing/receiver.js';

const scenarios: Readonly<Record<Ending, string>> = {
  accepted: 'approve',
  declined: 'decline:insufficient_funds',
  'wrong-amount-echoed': 'answer.wrong_amount',
};
const large = 2n ** 53n * 1_000n + 1n;

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer();
});
afterAll(() => mock.stop());

const subject: ConformanceSubject = {
  provider: mockPsp,
  behind: 'never',
  call: () => mock.call(),
  refusal: { status: 422, body: '{"code":"currency-unsupported","status":422}' },
  operation: (ending) => operation({ amountMinor: large, scenario: scenarios[ending] }),
  dispute: async (stand) => {
    // MockPSP's disputes ask the money back from the start, and end for good.
    if (['inquiry', 'given back', 'won on appeal'].includes(stand)) return undefined;
    const asked = operation({ amountMinor: large, scenario: 'instant' });
    const paid = await mockPsp.execute(asked, mock.call());
    const about = { connectionId: 'c_one', operationId: asked.operationId, amount: '700' };
    const { id } = await mock.rehearse('disputes', about);
    if (stand !== 'opened')
      await mock.rehearse(`disputes/${String(id)}`, { connectionId: 'c_one', to: stand });
    const parentProviderRef = 'providerRef' in paid ? (paid.providerRef ?? '') : '';
    return {
      disputeRef: String(id),
      operation: {
        ...{ ...operation({ amountMinor: 700n }), kind: 'chargeback', parentProviderRef },
      },
    };
  },
  webhook: async () => {
    const asked = operation({ amountMinor: large });
    await mockPsp.execute(asked, mock.call());
    const { request, json } = await eventually(() => firstOf(mock.receiver.of(asked.operationId)));
    const { operationId, amountMinor, currency } = asked;
    const feeMinor = (large * 250n) / 10_000n + 10n;
    return {
      ...{
        request,
        connectionId: 'c_one',
        key: keys.current,
        sentAt: sentAt(request.headers['mock-signature']),
      },
      facts: {
        ...{ operationId, amountMinor, currency, feeMinor, kind: 'sale', result: 'succeeded' },
        providerRef: json.operation['id'] ?? '',
      },
    };
  },
  report: async () => {
    for (const kind of ['sale', 'payout'] as const)
      await mockPsp.execute(operation({ kind, scenario: 'instant' }), mock.call());
    const refs = await mockPsp.reports.list(mock.call());
    const ref = firstOf(refs.slice(-1));
    const bytes = await mockPsp.reports.fetch(ref, mock.call());
    // Also those of disputes, which have no operation of ours.
    const rows = /^[^,\n]*,[^,\n]*,(?:charge|payout|dispute),/gm;
    return { ref, bytes, lines: new TextDecoder().decode(bytes).match(rows)?.length ?? 0 };
  },
};

describe('the adapter of MockPSP, against MockPSP', () => {
  for (const { name, run } of conformanceCases(subject)) it(name, run);
});

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new Error('nothing has come yet');
  return first;
}

function sentAt(header: Received['request']['headers'][string] | undefined): Date {
  return new Date(Number.parseInt(/t=(\d+)/.exec(header ?? '')?.[1] ?? '', 10) * 1_000);
}
