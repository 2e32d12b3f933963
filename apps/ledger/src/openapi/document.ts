import { type TSchema, Type } from '@sinclair/typebox';
import { LedgerName } from '@defter/ledger-contracts';
import { CreateTransactionBody, MetadataInput } from '../transactions/transaction.wire.js';
import { accountOperations } from './account-operations.js';
import * as answers from './answers.js';
import { type Json, type NamedSchemas, toJsonSchema } from './json-schema.js';
import { ledgerOperations } from './ledger-operations.js';
import type { Operation, Operations } from './operation.js';
import { pipelineOperations } from './pipeline-operations.js';
import { proofOperations } from './proof-operations.js';
import type { Route } from './routes.js';
import { ruleOperations } from './rule-operations.js';
import { transactionOperations } from './transaction-operations.js';

type Members = Readonly<Record<string, Json>>;

/** What is said about each route, by method and path. */
export const operations: Operations = {
  ...ledgerOperations,
  ...ruleOperations,
  ...transactionOperations,
  ...accountOperations,
  ...proofOperations,
  ...pipelineOperations,
};

const NAMES: NamedSchemas = new Map<TSchema, string>([
  [CreateTransactionBody, 'CreateTransaction'],
  [MetadataInput, 'Metadata'],
  ...Object.entries(answers).map(([name, schema]) => [schema, name.replace(/Out$/, '')] as const),
]);

const PATH_PARAMETERS: Readonly<Record<string, TSchema>> = {
  ledger: LedgerName,
  kind: Type.Union([Type.Literal('accounts'), Type.Literal('transactions')]),
};

/** What `{id}` stands for, by what comes before it in the path. */
const IDS: Readonly<Record<string, string>> = {
  pipelines: 'the id of a replay, as its creation answered it',
  monitors: 'the name of a monitor',
  transactions: 'the number of a transaction',
  '{kind}': 'the address of an account, or the number of a transaction',
};

const pathParameterOf = (name: string, path: string): TSchema => {
  const [, before = ''] = /([^/]+)\/\{id\}/.exec(path) ?? [];
  const expected = name === 'id' ? IDS[before] : undefined;
  return PATH_PARAMETERS[name] ?? Type.String(expected === undefined ? {} : { expected });
};

const schemaOf = (schema: TSchema): Json => toJsonSchema(schema, NAMES);

const json = (schema: Json): Members => ({ content: { 'application/json': { schema } } });

/** A body that is read line by line: its lines have no schema of their own here. */
const lines = (mediaType: string): Members => ({ content: { [mediaType]: { schema: { type: 'string' } } } });

const ref = (kind: string, name: string): Members => ({ $ref: `#/components/${kind}/${name}` });

/** The OpenAPI 3.1 document of these routes. */
export const openApiOf = (routes: readonly Route[], version: string): Members => ({
  openapi: '3.1.0',
  info: {
    title: 'Defter ledger',
    version,
    description:
      'Accounts, transactions, holds and balances. Amounts are integers of the smallest unit, of any size. ' +
      'Whatever stands under /v2 is there under /api/ledger/v2, too.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{ key: [] }],
  paths: pathsOf(routes),
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    parameters: PARAMETERS,
    headers: HEADERS,
    responses: {
      Refused: { description: 'The request is wrong, or was refused', ...json(schemaOf(answers.ProblemOut)) },
      Unavailable: {
        description: 'Try again with the same key',
        headers: { 'Retry-After': ref('headers', 'RetryAfter') },
        ...json(schemaOf(answers.ProblemOut)),
      },
    },
    schemas: Object.fromEntries(
      [...NAMES].map(([schema, name]) => [name, toJsonSchema(schema, NAMES, true)]),
    ),
  },
});

const header = (name: string, schema: Json, description: string): Members => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

const PARAMETERS: Members = {
  IdempotencyKey: header(
    'Idempotency-Key',
    { type: 'string', minLength: 1, maxLength: 256 },
    'The same key with the same request has its effect once, for ever, and the same answer again',
  ),
  AmountsAsText: header(
    'Formance-Bigint-As-String',
    { type: 'string', enum: ['true', 'false'] },
    'Amounts as decimal text, for readers of JSON that round large numbers',
  ),
  Tenant: header('Defter-Tenant', { type: 'string' }, 'The tenant that a service acts for'),
};

const HEADERS: Members = {
  Sequence: {
    description: 'The number of the event, to refer to in later reads',
    schema: { type: 'integer' },
  },
  IdempotencyHit: { description: 'true when the answer is a repeated one', schema: { type: 'string' } },
  Count: { description: 'How many there are', schema: { type: 'integer' } },
  RetryAfter: { description: 'Seconds to wait', schema: { type: 'integer' } },
};

const pathsOf = (routes: readonly Route[]): Members => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const operation = operations[`${route.method} ${route.path}`] ?? { summary: 'Not described yet' };
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, operation);
  }
  return paths;
};

const operationOf = (route: Route, operation: Operation): Members => ({
  operationId: operationIdOf(route),
  summary: operation.summary,
  ...(route.access !== undefined && 'scope' in route.access
    ? { description: `Needs the scope \`${route.access.scope}\`` }
    : { security: [] }),
  parameters: parametersOf(route, operation),
  ...(operation.streams?.sent === undefined
    ? {}
    : { requestBody: { required: true, ...lines(operation.streams.sent) } }),
  ...(operation.body === undefined
    ? {}
    : {
        requestBody: { required: operation.body.optional !== true, ...json(schemaOf(operation.body.schema)) },
      }),
  responses: responsesOf(route, operation),
});

/** `getV2LedgerTransactionsId`: one word from the method and the path. */
const operationIdOf = ({ method, path }: Route): string =>
  [method.toLowerCase(), ...path.split(/[^A-Za-z0-9]+/)]
    .filter((word) => word !== '')
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('') +
  (path.includes('/_') ? '_' : '') +
  (path.includes('/_/') ? '_' : '');

const parametersOf = ({ path, access }: Route, { query = {}, keyed = false }: Operation): readonly Json[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(pathParameterOf(name, path)),
  })),
  ...Object.entries(query).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaOf(schema),
  })),
  ...(keyed ? [ref('parameters', 'IdempotencyKey')] : []),
  ...(access !== undefined && 'scope' in access
    ? [ref('parameters', 'AmountsAsText'), ref('parameters', 'Tenant')]
    : []),
];

const responsesOf = (
  { method, status }: Route,
  { answer, keyed = false, others = {}, streams = {} }: Operation,
): Members => ({
  [String(status)]: {
    description: 'Done',
    ...headersOf(method, keyed),
    ...(answer === undefined ? {} : json(schemaOf(answer))),
    ...(streams.answered === undefined ? {} : lines(streams.answered)),
  },
  ...Object.fromEntries(
    Object.entries(others).map(([code, schema]) => [
      code,
      {
        description: 'Done in part, or refused',
        ...json({ anyOf: [schemaOf(schema), schemaOf(answers.ProblemOut)] }),
      },
    ]),
  ),
  '4XX': ref('responses', 'Refused'),
  '503': ref('responses', 'Unavailable'),
});

const headersOf = (method: string, keyed: boolean): Members => {
  if (method === 'HEAD') return { headers: { Count: ref('headers', 'Count') } };
  if (!keyed) return {};
  const headers = {
    'Defter-Sequence': ref('headers', 'Sequence'),
    'Idempotency-Hit': ref('headers', 'IdempotencyHit'),
  };
  return { headers };
};
