import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LedgerEventV1 } from '@defter/ledger-contracts';
import { PaymentsEventV1 } from '@defter/payments-contracts';
import { snakeCase } from '@defter/webhooks-domain';
import { aboutUnknown, knownEventTypes, unknownPattern } from './known-events.js';

const textOf = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const wordsOf = (object: string): string[] =>
  knownEventTypes.filter((type) => type.startsWith(`${object}.`)).map((type) => type.split('.')[1] ?? '');
/** The literals that a member `type` of a schema allows. */
const literals = (schema: object): string[] =>
  [...JSON.stringify(schema).matchAll(/"type":(\{"anyOf":\[[^\]]*\]\}|\{[^}]*\})/g)].flatMap(
    ([, found = '']) => [...found.matchAll(/"const":"([A-Za-z]+)"/g)].map(([, word = '']) => word),
  );

describe('the events that an endpoint can ask for', () => {
  it.each(['payment intent', 'payout', 'checkout session'])('%s: its states, and updated', (title) => {
    const section =
      textOf('libs/payments/domain/STATES.md').split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
    const states = new Set(
      [...section.matchAll(/(?:^ {2}|--> )([a-z_]+)(?= -->|:|$)/gm)].map(([, name]) => name),
    );
    expect(states.size).toBeGreaterThan(2);
    expect(wordsOf(title.replace(' ', '_')).sort()).toEqual([...states, 'updated'].sort());
  });

  it('finding: its states, and updated', () => {
    const source = textOf('libs/reconciliation/domain/src/finding.ts');
    const types = [...source.matchAll(/type (?:Live|Closed)Status = ([^;]+);/g)]
      .map(([, text]) => text)
      .join();
    const states = [...types.matchAll(/'([a-z_]+)'/g)].map(([, name]) => name);
    expect(wordsOf('finding').sort()).toEqual([...states, 'updated'].sort());
  });

  it('ledger: the types of its events', () =>
    expect(wordsOf('ledger').sort()).toEqual(literals(LedgerEventV1).map(snakeCase).sort()));

  it('has every object of payments', () => {
    const objects = literals(PaymentsEventV1).map((name) => snakeCase(name.replace(/Changed$/, '')));
    expect(objects.length).toBeGreaterThan(2);
    for (const object of objects) expect(wordsOf(object)).not.toEqual([]);
  });
});

describe('a subscription', () => {
  it.each(['*', 'payout.*', 'payout.paid', 'ledger.hold_posted', 'webhook_endpoint.disabled'])(
    '%s is known',
    (one) => expect(unknownPattern([one])).toBeUndefined(),
  );

  it.each(['payout.payed', 'payouts.*', 'order.created', 'payout.paid.*', 'constructor.*'])(
    '%s is not',
    (one) => expect(unknownPattern(['*', one])).toBe(one),
  );

  it('that is none is answered with what there is of its object, or with the objects', () => {
    expect(aboutUnknown('payout.payed')).toMatch(/payout\.payed.*there are payout\.\*.*payout\.paid/);
    expect(aboutUnknown('order.paid')).toMatch(/order\.paid.*there are \*, payment_intent\.\*, payout\.\*/);
  });
});
