import { malformed } from '@defter/platform';

/**
 * For actions that take nothing: an absent body and `{}` pass. @throws ProblemException 400 for anything
 * else
 */
export const expectNoBody = (body: unknown): void => {
  if (body === undefined || isEmptyObject(body)) return;
  throw malformed([{ loc: ['body'], msg: 'this action takes no body', type: 'unknown-field' }]);
};

const isEmptyObject = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;
