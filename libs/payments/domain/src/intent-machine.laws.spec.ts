import { describe, expect, it } from '@jest/globals';
import {
  absentIntent,
  decideIntent,
  evolveIntent,
  type IntentCommand,
  intentMachine,
  type Machine,
  type ObservedResult,
  type PaymentIntent,
} from './index.js';
import { AT, intentFacts, operation, rateCard, seen } from './testing/samples.js';

// `declined` is to an intent what `failed` is.
const RESULTS: readonly ObservedResult[] = ['errored', 'unknown', 'pending', 'failed', 'succeeded'];
const operationIds = ['op_1', 'op_2', 'op_3'];

/** Everything that can be done to an intent, with few operations so that all paths can be walked. */
const commandsOn = (intent: PaymentIntent): readonly IntentCommand[] => {
  if (intent.status === 'absent') return [];
  const operationId = operationIds[intent.operations.length];
  const kind = intent.captureMethod === 'manual' ? 'authorize' : 'sale';
  const started: IntentCommand[] =
    operationId === undefined
      ? []
      : [
          { type: 'StartAttempt', operation: { ...operation(kind, operationId), endsByVoid: true } },
          { type: 'AbandonAttempt', operationId, reason: 'requested', by: 'a', at: AT },
          { type: 'CaptureIntent', operationId, amountMinor: 400n, rateCard, at: AT },
          { type: 'CaptureIntent', operationId, amountMinor: null, rateCard, at: AT },
        ];
  const canceled: IntentCommand = {
    type: 'CancelIntent',
    operationIds: [operationId ?? 'op_x'],
    by: 'a',
    at: AT,
  };
  const told = intent.operations.flatMap((one) => {
    const change = {
      operationId: one.operationId,
      echoed: { amountMinor: one.amountMinor, currency: 'TRY' },
      providerRef: null,
    };
    const observations = RESULTS.map((result) => seen(result, change));
    // With a reference: a void can be about it.
    const waiting = { ...change, nextActionUrl: 'http://x/1', providerRef: 'ref' };
    // Of one that never had a page it says nothing.
    const done = seen('pending', { ...change, payerDone: true });
    const isAtPage = one.kind !== 'void' && one.kind !== 'capture' && one.nextActionUrl !== null;
    return [...observations, seen('pending', waiting), ...(isAtPage ? [done] : [])];
  });
  return [
    ...started,
    ...(operationId === undefined && intent.operations.length > 3 ? [] : [canceled]),
    ...told.map((observation): IntentCommand => ({ type: 'ObserveOperation', observation })),
  ];
};

/** All that the status and further decisions depend on. */
const whatCounts = (intent: PaymentIntent): string => {
  if (intent.status === 'absent') return '';
  const calls = intent.operations.map(({ kind, result, amountMinor, parentOperationId, ...one }) =>
    [kind, result, amountMinor, one.payerDone ?? one.nextActionUrl, parentOperationId].join(),
  );
  const { captureMethod, instrument, isCanceled, abandoned } = intent;
  return [captureMethod, instrument, isCanceled, abandoned.join(), ...calls].join('|');
};

/** Walks every path from a new intent and notes each change of the status. */
const walk = (): ReadonlySet<string> => {
  const edges = new Set<string>();
  const known = new Set<string>();
  const open: PaymentIntent[] = [];
  const arrive = (intent: PaymentIntent): void => {
    const key = whatCounts(intent);
    if (known.has(key)) return;
    known.add(key);
    open.push(intent);
  };
  for (const captureMethod of ['automatic', 'manual'] as const) {
    for (const instrument of [null, 'tok']) {
      arrive(
        evolveIntent(absentIntent, {
          type: 'PaymentIntentCreated',
          ...intentFacts,
          ...{ captureMethod, instrument, at: AT },
        }),
      );
    }
  }
  for (let intent = open.pop(); intent !== undefined; intent = open.pop()) {
    for (const command of commandsOn(intent)) {
      const decision = decideIntent(command, intent);
      if (!decision.accepted || decision.events.length === 0) continue;
      const after: PaymentIntent = decision.events.reduce(evolveIntent, intent);
      if (after.status !== intent.status) edges.add(`${intent.status} → ${after.status}`);
      arrive(after);
    }
  }
  return edges;
};

const declared = ({ edges }: Machine<string, string>): ReadonlySet<string> =>
  new Set(
    Object.entries(edges).flatMap(([from, targets]) => Object.values(targets).map((to) => `${from} → ${to}`)),
  );

describe('the published machine of intents', () => {
  it('declares exactly the edges that can be walked', () => {
    expect([...walk()].sort()).toEqual([...declared(intentMachine)].sort());
  });
});
