import {
  type CallContext,
  type PaymentProvider,
  type ReportLine,
  type ReportRef,
  UnreadableReport,
} from '@defter/payments-contracts';
import { writtenMember } from '@defter/platform';
import { ask, type Asking } from './http.js';
import { readSettlement } from './settlement-file.js';
import { readJson, textOf } from './wire.js';

const listLimitBytes = 1_048_576;
const fileLimitBytes = 512 * 1_048_576;

export const reports: PaymentProvider['reports'] = {
  list: (call) => list('/v1/settlements', call),
  fetch: ({ businessOn }, call) =>
    get({ path: `/v1/settlements/${encodeURIComponent(businessOn)}.csv`, limitBytes: fileLimitBytes }, call),
  parse: (bytes, ref): readonly ReportLine[] => readSettlement(bytes, ref.businessOn),
};

/** The statements of the bank that the mock provider settles to. */
export const statements: NonNullable<PaymentProvider['statements']> = {
  list: (call) => list('/v1/statements', call),
  fetch: ({ businessOn }, call) =>
    get({ path: `/v1/statements/${encodeURIComponent(businessOn)}.xml`, limitBytes: fileLimitBytes }, call),
};

async function list(path: string, call: CallContext): Promise<readonly ReportRef[]> {
  const json = readJson(await get({ path, limitBytes: listLimitBytes }, call));
  const rows = (json as { readonly data?: unknown } | undefined)?.data;
  if (!Array.isArray(rows)) throw new UnreadableReport('the list of settlement files has no "data"');
  return rows.map(toRef);
}

function toRef(row: unknown): ReportRef {
  const [id, businessOn, edition] = [textOf(row, 'id'), textOf(row, 'date'), writtenMember(row, 'version')];
  if (id === undefined || businessOn === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(businessOn)) {
    throw new UnreadableReport('the list of settlement files has an entry without id or date');
  }
  return { id, businessOn, ...(edition !== undefined && { edition }) };
}

/** Throws a plain Error when the provider doesn't answer with 200: the run repeats the step later. */
async function get(outgoing: Omit<Asking, 'method'>, call: CallContext): Promise<Uint8Array> {
  const answer = await ask({ method: 'GET', ...outgoing }, call);
  if (answer.outcome !== 'answered') throw new Error(`mock-psp: ${outgoing.path}: ${answer.reason}`);
  if (answer.status !== 200) throw new Error(`mock-psp: ${outgoing.path}: status ${answer.status}`);
  return answer.body;
}
