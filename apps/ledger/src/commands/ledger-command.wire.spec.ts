import { describe, expect, it } from '@jest/globals';
import { Value } from '@sinclair/typebox/value';
import { LedgerCommandV1 } from '@defter/ledger-contracts';
import { canonicalCommand } from '@defter/ledger-domain';
import { type CommandKind, type Requests, toSubmission } from '../grpc/command.wire.js';
import { toCreateTransaction } from '../transactions/transaction.wire.js';
import { toLedgerCommand } from './ledger-command.wire.js';

const postings = [{ source: 'a', destination: 'b', amount: '5', asset: 'TRY/2' }];
const conditions = [
  { account: 'a', asset: 'TRY/2', balance: 'available', op: 'gte', amount: '-12345678901234567890' },
];
const expectedBalances = [{ account: 'b', asset: 'TRY/2', balance: '5' }];

const message = (members: object) => {
  const body = { type: 'CreateTransaction', ledger: 'main', postings, ...members };
  expect(Value.Check(LedgerCommandV1, body)).toBe(true);
  return body as LedgerCommandV1;
};

describe('a command on Kafka', () => {
  it('is the command of the same REST body, conditions and expected balances included', () => {
    const members = { conditions, expectedBalances };
    expect(canonicalCommand(toLedgerCommand(message(members)))).toBe(
      canonicalCommand(toCreateTransaction({ postings, ...members })),
    );
  });

  it('without them is what it was before there were any', () =>
    expect(canonicalCommand(toLedgerCommand(message({ conditions: [] })))).toBe(
      canonicalCommand(toLedgerCommand(message({}))),
    ));

  it.each([
    ['an operator that is none', { conditions: [{ ...conditions[0], op: '<' }] }],
    ['an amount as a number', { conditions: [{ ...conditions[0], amount: 5 }] }],
    ['an unknown member', { expectedBalances: [{ ...expectedBalances[0], note: '' }] }],
  ])('with %s is poison', (_, members) => {
    const body = { type: 'CreateTransaction', ledger: 'main', postings, ...members };
    expect(Value.Check(LedgerCommandV1, body)).toBe(false);
  });
});

describe('a command that was sent over Kafka and is asked about over gRPC', () => {
  const named = { ledger: 'main', idempotencyKey: 'k', reference: 'r' };
  const asked = <K extends CommandKind>(kind: K, request: Requests[K]) =>
    canonicalCommand(toSubmission(kind, request).command);
  const heard = (body: LedgerCommandV1) => canonicalCommand(toLedgerCommand(body));
  // As a server reads what the caller left out.
  const absent = { timestamp: '', expiresInSeconds: 0, accountMetadata: {}, force: false };
  const metadata = { kind: 'deposit', customer: '42' };

  it('is the same command, so that its key gives the stored outcome', () => {
    for (const pending of [false, true]) {
      const status = pending ? ({ status: 'pending' } as const) : {};
      const request = { ...named, ...absent, postings, metadata, pending };
      expect(asked('createTransaction', { ...request, conditions: [], expectedBalances: [] })).toBe(
        heard(message({ reference: 'r', metadata, ...status })),
      );
    }
    const { reference } = named;
    expect(asked('postHold', { ...named, amounts: [], keepRemainder: false })).toBe(
      heard({ type: 'PostHold', ledger: 'main', reference }),
    );
    expect(asked('voidHold', named)).toBe(heard({ type: 'VoidHold', ledger: 'main', reference }));
  });
});
