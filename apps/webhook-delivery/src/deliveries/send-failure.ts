import type { AttemptFailure } from '@defter/webhooks-domain';

/** Why a request got no answer. */
export class SendFailure extends Error {
  constructor(
    readonly failure: AttemptFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The failure behind any error of the HTTP client. */
  static from(error: unknown): SendFailure {
    if (error instanceof SendFailure) return error;
    const { code, message } = error as { code?: string; message?: string };
    const unreadable = code?.startsWith('HPE_') === true || code === 'UND_ERR_HEADERS_OVERFLOW';
    const failure = unreadable ? 'answer_unreadable' : 'connection_broken';
    return new SendFailure(failure, message ?? String(error), { cause: error });
  }
}
