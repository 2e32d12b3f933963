import { Type } from '@sinclair/typebox';
import { MetadataInput } from '../transactions/transaction.wire.js';
import { OpenLedgerBody } from '../ledgers/ledger.wire.js';
import { LedgerOut } from './answers.js';
import { data, Flag, LISTED, type Operations, pageOf } from './operation.js';

const AT = '/v2/{ledger}';
const INFO = { server: Type.String(), version: Type.String() };
const Info = Type.Object({ ...INFO, data: Type.Object(INFO) });
const Metric = Type.Object({ help: Type.String(), type: Type.String(), values: Type.Array(Type.Unknown()) });
const Metrics = Type.Record(Type.String(), Metric);
const info = { summary: 'Who answers here', answer: Info };
const metrics = { summary: "The ledger's own metrics of this replica", answer: Metrics };
const Migration = Type.Object({
  version: Type.String(),
  name: Type.String(),
  date: Type.String({ format: 'date-time' }),
  state: Type.Literal('DONE'),
});
const LedgerInfo = Type.Object({
  name: Type.String(),
  storage: Type.Object({ migrations: Type.Array(Migration) }),
});
const Stats = Type.Object({
  accounts: Type.Integer({ minimum: 0 }),
  transactions: Type.Integer({ minimum: 0 }),
});

/** Ledgers, and the service itself. */
export const ledgerOperations: Operations = {
  'GET /v2': {
    summary: 'List ledgers',
    query: { ...LISTED, includeDeleted: Flag },
    answer: pageOf(LedgerOut),
  },
  [`POST ${AT}`]: { summary: 'Open a ledger', body: { schema: OpenLedgerBody, optional: true } },
  [`GET ${AT}`]: { summary: 'Read a ledger', answer: data(LedgerOut) },
  [`PUT ${AT}/metadata`]: { summary: "Add to a ledger's metadata", body: { schema: MetadataInput } },
  [`DELETE ${AT}/metadata/{key}`]: { summary: "Take an entry out of a ledger's metadata" },
  [`GET ${AT}/_info`]: { summary: 'Changes of the database that are in force', answer: data(LedgerInfo) },
  [`GET ${AT}/stats`]: { summary: 'How much a ledger holds', answer: data(Stats) },
  'GET /v2/_info': info,
  'GET /api/ledger/_info': info,
  'GET /api/ledger/_/info': info,
  'GET /v2/_metrics': metrics,
  'GET /api/ledger/_metrics': metrics,
  'GET /api/ledger/_/metrics': metrics,
  'GET /v2/_openapi.json': {
    summary: 'This document',
    answer: Type.Object({ openapi: Type.String() }, { additionalProperties: true }),
  },
  'GET /api/health': {
    summary: 'Whether the service answers',
    answer: Type.Object({ status: Type.String() }),
  },
};
