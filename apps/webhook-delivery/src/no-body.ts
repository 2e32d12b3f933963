import { malformed } from '@defter/platform';

/**
 * For actions that take nothing: an absent body and `{}` pass. @throws ProblemException 400 for anything
 * else
 */
export const expectNoBody = (body: unknown): void => {
  if (body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0))
    return;
  throw malformed([{ loc: ['body'], msg: 'this action takes no body', type: 'unknown-field' }]);
};
