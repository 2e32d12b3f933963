import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { Fault, type Logger, ProblemException } from '@defter/platform';

const byHttpStatus: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  409: status.ALREADY_EXISTS,
};

/** Refusals that HTTP calls 400, though the request is well formed. */
const PRECONDITIONS = new Set(['insufficient-funds', 'exceeds-hold', 'already-reverted']);

/** A thrown problem as gRPC says it; `defter-code` carries the same code as REST. */
export const toServiceError = (error: unknown, logger: Logger): ServiceError => {
  if (error instanceof ProblemException) {
    const code = PRECONDITIONS.has(error.code)
      ? status.FAILED_PRECONDITION
      : (byHttpStatus[error.problem.status] ?? status.FAILED_PRECONDITION);
    return serviceError(code, error.code, error.message);
  }
  if (error instanceof Fault)
    return serviceError(status.UNAVAILABLE, error.code, 'Temporarily unavailable; try again');
  logger.error('A gRPC call met a bug', { error });
  return serviceError(status.INTERNAL, 'internal', 'Internal error');
};

const serviceError = (code: status, defterCode: string, details: string): ServiceError => {
  const metadata = new Metadata();
  metadata.set('defter-code', defterCode);
  return Object.assign(new Error(details), { code, details, metadata });
};
