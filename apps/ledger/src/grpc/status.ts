import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { CommandRefusal } from '@defter/ledger-contracts';
import { Fault, type Logger, ProblemException } from '@defter/platform';

const byHttpStatus: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.ALREADY_EXISTS,
  413: status.INVALID_ARGUMENT,
  422: status.FAILED_PRECONDITION,
  500: status.INTERNAL,
  503: status.UNAVAILABLE,
};

/** Refusals that HTTP calls 400, though the request is well formed. */
const PRECONDITIONS = new Set(['insufficient-funds', 'exceeds-hold', 'already-reverted']);

/** The gRPC status of a problem that REST answers with `httpStatus`. */
export const statusOf = (code: string, httpStatus: number): status =>
  PRECONDITIONS.has(code)
    ? status.FAILED_PRECONDITION
    : (byHttpStatus[httpStatus] ?? status.FAILED_PRECONDITION);

/** A thrown problem as gRPC says it; `defter-code` carries the same code as REST. */
export const toServiceError = (error: unknown, logger: Logger): ServiceError => {
  if (error instanceof ProblemException)
    return serviceError(statusOf(error.code, error.problem.status), error.code, error.message, error.extras);
  if (error instanceof Fault)
    return serviceError(status.UNAVAILABLE, error.code, 'Temporarily unavailable; try again');
  logger.error('A gRPC call met a bug', { error });
  return serviceError(status.INTERNAL, 'internal', 'Internal error');
};

/** The same for one command of a stream, which goes on. */
export const toRefusal = (error: unknown, logger: Logger): CommandRefusal => {
  const { code, details, metadata } = toServiceError(error, logger);
  return { status: code, code: String(metadata.get('defter-code')[0] ?? ''), detail: details };
};

/** Who lacks what, as REST has it; addresses, assets and amounts are always fit for a header. */
const setShortage = (metadata: Metadata, extras: Readonly<Record<string, unknown>>): void => {
  for (const name of ['account', 'asset', 'needed', 'available'])
    if (extras[name] !== undefined) metadata.set(`defter-${name}`, String(extras[name]));
};

const serviceError = (
  code: status,
  defterCode: string,
  details: string,
  extras: Readonly<Record<string, unknown>> = {},
): ServiceError => {
  const metadata = new Metadata();
  metadata.set('defter-code', defterCode);
  if (defterCode === 'insufficient-funds') setShortage(metadata, extras);
  return Object.assign(new Error(details), { code, details, metadata });
};
