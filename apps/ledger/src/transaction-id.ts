import { malformed } from '@defter/platform';

/** The number of a transaction in a path. @throws ProblemException `malformed` */
export const toTransactionId = (text: string | undefined): number => {
  const id = /^[1-9]\d{0,15}$/.test(text ?? '') ? parseInt(text ?? '', 10) : Number.NaN;
  if (Number.isSafeInteger(id)) return id;
  throw malformed([{ loc: ['path', 'id'], msg: 'must be the number of a transaction', type: 'integer' }]);
};
