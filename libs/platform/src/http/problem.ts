/**
 * How a refusal's code appears over HTTP; tables of these are the only place where a status number stands.
 */
export interface Problem {
  readonly status: number;
  readonly title: string;
  /**
   * It doesn't bind the request's Idempotency-Key: nothing is stored, so that the same request decides anew.
   * For what is over by itself, soon, and for bodies that are sent again, mended. Refusals of the person
   * (403) never bind a key: they are no answer to another person.
   */
  readonly isPassing?: true;
}

/** One wrong place of an input: where, what, and the rule that was broken. */
export interface InputError {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** The body of every error answer (RFC 9457 plus `code` and `traceId`). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly traceId: string;
  readonly errors?: readonly InputError[];
  readonly [extra: string]: unknown;
}

/** What a problem's shape may depend on. */
export interface ProblemRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Lets a service say its problems in its own shape. */
export type ProblemShape = (problem: ProblemBody, request: ProblemRequest) => object;

/** A 4xx that is answered as a problem body. `extras` become members of it. */
export class ProblemException extends Error {
  /** True for a decision's refusal that stands: the outcome that `@Idempotent()` stores and repeats. */
  readonly refusal: boolean = false;
  constructor(
    readonly code: string,
    readonly problem: Problem,
    readonly detail?: string,
    readonly extras: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail ?? problem.title);
  }
}

/** The 4xx of a decision, made by `respond`. */
export class RefusedException extends ProblemException {
  override readonly refusal = this.problem.isPassing !== true && this.problem.status !== 403;
}

/**
 * Something we depend on is away or full: 503 with Retry-After. The message is for the log, never for the
 * caller.
 */
export class Fault extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfterS = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** 400 `malformed`: the input doesn't have the form of the contract. */
export function malformed(errors: readonly InputError[], detail?: string): ProblemException {
  return new ProblemException(
    'malformed',
    { status: 400, title: 'Malformed input' },
    detail ?? errors[0]?.msg,
    { errors },
  );
}

/** 404: it does not exist, or not for this tenant; the two look the same. */
export function notFound(detail?: string): ProblemException {
  return new ProblemException('not-found', { status: 404, title: 'Not found' }, detail);
}

type Outcome =
  { readonly accepted: true } | { readonly accepted: false; readonly refusal: { readonly code: string } };
type Accepted<O> = Extract<O, { readonly accepted: true }>;
type CodeOf<O> = O extends {
  readonly accepted: false;
  readonly refusal: { readonly code: infer C extends string };
}
  ? C
  : never;

/**
 * Answers an outcome: the view of what was accepted, or the refusal as its problem. The refusal's other
 * fields become members of the problem. @throws RefusedException
 */
export function respond<O extends Outcome, V>(
  outcome: O,
  problems: Readonly<Record<CodeOf<O>, Problem>>,
  toView: (accepted: Accepted<O>) => V,
): V {
  if (outcome.accepted) return toView(outcome as Accepted<O>);
  const { code, ...extras } = outcome.refusal;
  throw new RefusedException(code, problems[code as CodeOf<O>], undefined, extras);
}
