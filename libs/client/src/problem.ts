/** A 4xx or 5xx answer of a service, read from its problem body (RFC 9457). */
export class DefterProblem extends Error {
  override readonly name = 'DefterProblem';

  constructor(
    /** HTTP status; 503 says: nothing was changed, or ask again with the same key. */
    readonly status: number,
    /** Kebab-case reason, such as `insufficient-funds`. */
    readonly code: string,
    /** The whole body. */
    readonly body: unknown,
  ) {
    super(`${status} ${code}: ${JSON.stringify(body, digits)}`);
  }
}

/** JSON.stringify refuses a bigint; in a message its digits are enough. */
const digits = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

/** No answer came: nobody knows whether it was done. Ask again with the same key. */
export class DefterUnreachable extends Error {
  override readonly name = 'DefterUnreachable';
}
