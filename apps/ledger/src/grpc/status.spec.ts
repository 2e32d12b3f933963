import { describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { createLogger, Fault, malformed, ProblemException } from '@defter/platform';
import { refusalProblems, requestProblems } from '../ledger.problems.js';
import { toRefusal, toServiceError } from './status.js';

const logger = createLogger('test', 'silent');
const all = Object.entries({ ...refusalProblems, ...requestProblems });

/** Which gRPC statuses a REST status may become. */
const allowed: Readonly<Record<number, readonly status[]>> = {
  400: [status.INVALID_ARGUMENT, status.FAILED_PRECONDITION],
  401: [status.UNAUTHENTICATED],
  403: [status.PERMISSION_DENIED],
  404: [status.NOT_FOUND],
  409: [status.ALREADY_EXISTS],
  413: [status.INVALID_ARGUMENT],
  422: [status.FAILED_PRECONDITION],
  500: [status.INTERNAL],
  503: [status.UNAVAILABLE],
};

describe('codes over gRPC', () => {
  it.each(all)('%s is the code that REST says, with the status that belongs to it', (code, problem) => {
    const error = toServiceError(new ProblemException(code, problem), logger);
    expect(error.metadata.get('defter-code')).toEqual([code]);
    expect(allowed[problem.status]).toContain(error.code);
    const refusal = toRefusal(new ProblemException(code, problem), logger);
    expect(refusal).toEqual({ status: error.code, code, detail: problem.title });
  });

  it('tell who lacks what, of a shortage and of nothing else', () => {
    const extras = { account: 'users:ayse:main', asset: 'TRY/2', needed: 2n ** 70n, available: -1n };
    const saidOf = (code: keyof typeof refusalProblems) => {
      const { metadata } = toServiceError(
        new ProblemException(code, refusalProblems[code], undefined, extras),
        logger,
      );
      return metadata.getMap();
    };
    expect(saidOf('insufficient-funds')).toEqual({
      ...{ 'defter-code': 'insufficient-funds', 'defter-account': 'users:ayse:main' },
      ...{ 'defter-asset': 'TRY/2', 'defter-needed': '1180591620717411303424', 'defter-available': '-1' },
    });
    expect(saidOf('exceeds-hold')).toEqual({ 'defter-code': 'exceeds-hold' });
  });

  it('tell a request that is wrong from one that is refused, and both from a fault or a bug', () => {
    const statusOf = (error: unknown) => toServiceError(error, logger).code;
    const refused = (code: keyof typeof refusalProblems) => new ProblemException(code, refusalProblems[code]);
    expect(statusOf(malformed([]))).toBe(status.INVALID_ARGUMENT);
    for (const code of ['insufficient-funds', 'exceeds-hold', 'already-reverted'] as const)
      expect(statusOf(refused(code))).toBe(status.FAILED_PRECONDITION);
    expect(statusOf(new Fault('overloaded', 'secret'))).toBe(status.UNAVAILABLE);
    expect(statusOf(new Error('secret'))).toBe(status.INTERNAL);
    expect(toServiceError(new Error('secret'), logger).details).not.toContain('secret');
  });
});
