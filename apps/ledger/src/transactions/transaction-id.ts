import { malformed } from '@defter/platform';

/** The number of a transaction in a path. @throws ProblemException `malformed` */
export const toTransactionId = (text: string, loc: readonly (string | number)[] = ['path', 'id']): number => {
  const id = /^[1-9]\d{0,15}$/.test(text) ? parseInt(text, 10) : Number.NaN;
  if (!Number.isSafeInteger(id))
    throw malformed([{ loc, msg: 'must be the number of a transaction', type: 'integer' }]);
  return id;
};
