import { Type } from '@sinclair/typebox';
import { PostHoldBody } from '../holds/hold.wire.js';
import { BulkBody } from '../transactions/bulk.wire.js';
import { RevertBody } from '../transactions/revert.wire.js';
import { CreateTransactionBody, MetadataInput } from '../transactions/transaction.wire.js';
import { BulkResult, HoldChange, TransactionOut } from './answers.js';
import { AT_TIME, data, FILTERED, Flag, LISTED, type Operations, pageOf } from './operation.js';

const AT = '/v2/{ledger}/transactions';
const bulk = data(Type.Array(BulkResult));

const FILTER = {
  reference: Type.String({ expected: 'the transaction of this reference' }),
  order: Type.String({ expected: 'effective: by timestamp' }),
  reverse: Flag,
  expand: Type.String({ expected: 'volumes, effectiveVolumes' }),
  ...AT_TIME,
};

/** What moves money, and what was moved. */
export const transactionOperations: Operations = {
  [`POST ${AT}`]: {
    summary: 'Create a transaction, or a hold',
    query: { dryRun: Flag, force: Flag },
    body: { schema: CreateTransactionBody },
    answer: data(TransactionOut),
    keyed: true,
  },
  [`GET ${AT}`]: {
    summary: 'List transactions',
    query: { ...LISTED, ...FILTER },
    answer: pageOf(TransactionOut),
  },
  [`HEAD ${AT}`]: { summary: 'Count transactions: the header Count', query: { ...FILTERED, ...FILTER } },
  [`GET ${AT}/{id}`]: {
    summary: 'Read a transaction as it stands now',
    query: { expand: Type.String({ expected: 'volumes, effectiveVolumes' }) },
    answer: data(TransactionOut),
  },
  [`POST ${AT}/{id}/revert`]: {
    summary: 'Book the mirrored postings, once',
    query: { dryRun: Flag, force: Flag, atEffectiveDate: Flag },
    body: { schema: RevertBody, optional: true },
    answer: data(TransactionOut),
    keyed: true,
  },
  [`POST ${AT}/{id}/post`]: {
    summary: 'Capture a hold, whole or in part',
    body: { schema: PostHoldBody, optional: true },
    answer: data(HoldChange),
    keyed: true,
  },
  [`POST ${AT}/{id}/void`]: {
    summary: 'Give held funds back',
    body: { schema: Type.Object({}, { additionalProperties: false }), optional: true },
    answer: data(HoldChange),
    keyed: true,
  },
  'POST /v2/{ledger}/_bulk': {
    summary: 'Do several things in order: all or nothing, up to the first refusal, or each by itself',
    query: { atomic: Flag, continueOnFailure: Flag, parallel: Flag },
    body: { schema: BulkBody },
    answer: bulk,
    others: { '400': bulk },
    keyed: true,
  },
  'POST /v2/{ledger}/{kind}/{id}/metadata': {
    summary: 'Note something about an account or a transaction',
    query: { dryRun: Flag },
    body: { schema: MetadataInput },
    keyed: true,
  },
  'DELETE /v2/{ledger}/{kind}/{id}/metadata/{key}': {
    summary: 'Take a note away',
    query: { dryRun: Flag },
    keyed: true,
  },
};
