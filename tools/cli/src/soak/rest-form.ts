import { createHash } from 'node:crypto';
import type { ModelCommand } from '@defter/testing';
import type { Answer, Plan, Step, Told } from './call.js';

/** A request as it goes over the wire, under `/v2/<ledger>`. */
export interface RestRequest {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly key: string | undefined;
  readonly body: string | undefined;
}

type Create = Extract<ModelCommand, { kind: 'create' }>;
type Capture = Extract<ModelCommand, { kind: 'capture' }>;

const createBody = (command: Create): object => {
  const { postings, pending, expiresIn, reference, timestamp, metadata, accountMetadata } = command;
  const { force, conditions } = command;
  return {
    postings: postings.map(({ from, to, asset, amount }) => ({
      source: from,
      destination: to,
      asset,
      amount,
    })),
    ...(pending === true ? { status: 'pending' } : {}),
    ...defined({ expiresIn, reference, timestamp, metadata, accountMetadata, force, conditions }),
  };
};

const captureBody = ({ parts, keep }: Capture): object => ({
  ...(parts === undefined ? {} : { amounts: parts.map(({ from, ...rest }) => ({ source: from, ...rest })) }),
  ...(keep === true ? { remainder: 'keep' } : {}),
});

const targetOf = (target: string | number): object => ({
  targetType: typeof target === 'string' ? 'ACCOUNT' : 'TRANSACTION',
  targetId: target,
});

const defined = (members: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const toText = (body: unknown): string =>
  JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** The command as one text: two uses of a key are the same command when it is equal. */
export const commandText = (command: ModelCommand): string => toText(command);

const elementOf = ({ command, key }: Step, bulkKey: string | undefined): object => {
  const ik = bulkKey === undefined && key !== undefined ? { ik: key } : {};
  switch (command.kind) {
    case 'create':
      return { action: 'CREATE_TRANSACTION', ...ik, data: createBody(command) };
    case 'capture':
      return { action: 'POST_HOLD', ...ik, data: { id: command.id, ...captureBody(command) } };
    case 'void':
      return { action: 'VOID_HOLD', ...ik, data: { id: command.id } };
    case 'revert': {
      const { kind: _, ...data } = command;
      return { action: 'REVERT_TRANSACTION', ...ik, data };
    }
    case 'describe':
      return {
        action: 'ADD_METADATA',
        ...ik,
        data: { ...targetOf(command.target), metadata: command.metadata },
      };
    case 'forget':
      return { action: 'DELETE_METADATA', ...ik, data: { ...targetOf(command.target), key: command.name } };
    case 'expire':
      throw new Error('Only the ledger expires holds');
  }
};

const metadataPath = (target: string | number): string =>
  `${typeof target === 'string' ? 'accounts' : 'transactions'}/${target}/metadata`;

/** Path and body of a single command; a path may have a query. */
const single = (command: ModelCommand): { method?: 'DELETE'; path: string; body?: object } => {
  switch (command.kind) {
    case 'create':
      return { path: 'transactions', body: createBody(command) };
    case 'capture':
      return { path: `transactions/${command.id}/post`, body: captureBody(command) };
    case 'void':
      return { path: `transactions/${command.id}/void` };
    case 'revert': {
      const { id, force = false, atEffectiveDate = false, metadata = {} } = command;
      const query = `force=${force}&atEffectiveDate=${atEffectiveDate}`;
      return { path: `transactions/${id}/revert?${query}`, body: { metadata } };
    }
    case 'describe':
      return { path: metadataPath(command.target), body: command.metadata };
    case 'forget':
      return { method: 'DELETE', path: `${metadataPath(command.target)}/${command.name}` };
    case 'expire':
      throw new Error('Only the ledger expires holds');
  }
};

const MODES = { single: '', stop: '', atomic: '?atomic=true', continue: '?continueOnFailure=true' } as const;

/** The request of a plan. */
export const toRequest = ({ mode, dryRun, steps, bulkKey }: Plan): RestRequest => {
  const [first] = steps;
  if (first === undefined) throw new Error('A plan has a step at least');
  if (mode !== 'single') {
    const body = toText(steps.map((step) => elementOf(step, bulkKey)));
    return { method: 'POST', path: `_bulk${MODES[mode]}`, key: bulkKey, body };
  }
  const { method = 'POST', path, body } = single(first.command);
  const query = dryRun ? `${path.includes('?') ? '&' : '?'}dryRun=true` : '';
  return { method, path: path + query, key: first.key, body: body === undefined ? undefined : toText(body) };
};

interface Body {
  readonly code?: string;
  readonly data?: { readonly id?: number } | readonly Element[];
}

interface Element {
  readonly responseType: string;
  readonly logID: number;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly data?: { readonly id?: number };
}

/** Reads an answer; undefined when it is none of the ledger's decisions. */
export const toAnswer = (plan: Plan, status: number, headers: Headers, text: string): Answer | undefined => {
  const body = (text === '' ? {} : JSON.parse(text)) as Body;
  const told = Array.isArray(body.data) ? body.data.map(toldOf) : [toldAlone(body, status, headers)];
  if (told.length !== plan.steps.length || told.some(({ ok, code }) => !ok && code === undefined))
    return undefined;
  const steady = JSON.stringify(body, (name, value: unknown) => (VARYING.has(name) ? undefined : value));
  const digest = createHash('sha256').update(`${status} ${steady}`).digest('base64').slice(0, 22);
  return { status, told, hit: headers.get('idempotency-hit') === 'true', digest };
};

/** Of this request and not of its outcome. */
const VARYING = new Set(['traceId', 'instance', 'idempotencyHit']);

const toldOf = ({ responseType, logID, code, details = {}, data }: Element): Told =>
  responseType === 'ERROR'
    ? { ok: false, ...(code === undefined ? {} : { code }), facts: details }
    : { ok: true, sequence: logID, ...(data?.id === undefined ? {} : { id: data.id }) };

const toldAlone = (body: Body, status: number, headers: Headers): Told => {
  if (status >= 300)
    return { ok: false, ...(body.code === undefined ? {} : { code: body.code }), facts: { ...body } };
  const { id } = (body.data ?? {}) as { id?: number };
  const sequence = parseInt(headers.get('defter-sequence') ?? '0', 10);
  return { ok: true, sequence, ...(id === undefined ? {} : { id }) };
};
