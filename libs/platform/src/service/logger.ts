import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger as Pino } from 'pino';
import { currentTrace } from '../http/trace.js';

export type Fields = Readonly<Record<string, unknown>>;

const secretNames = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'apiKey',
  'signingKey',
  'databaseUrl',
  'tokenSha256',
];
const redact = {
  paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
};
/** Bearer tokens and passwords inside URLs, wherever a message carries one. */
const secretText = /(\bBearer\s+|\b(?:dk_|whsec_)|:\/\/[^\s/:@]*:)[^\s@"']+/g;

/**
 * JSON lines on standard output: time, level, service, message, fields, and the trace id inside a request
 * or message.
 */
export class Logger {
  constructor(private readonly pino: Pino) {}

  fatal(message: string, fields?: Fields): void {
    this.write('fatal', message, fields);
  }
  error(message: string, fields?: Fields): void {
    this.write('error', message, fields);
  }
  warn(message: string, fields?: Fields): void {
    this.write('warn', message, fields);
  }
  info(message: string, fields?: Fields): void {
    this.write('info', message, fields);
  }
  debug(message: string, fields?: Fields): void {
    this.write('debug', message, fields);
  }

  /** Ask before building costly fields. */
  isEnabled(level: Level): boolean {
    return this.pino.isLevelEnabled(level);
  }

  private write(level: Level, message: string, fields: Fields = {}): void {
    if (!this.isEnabled(level)) return;
    const traceId = currentTrace()?.traceId;
    this.pino[level]({ ...(traceId !== undefined && { traceId }), ...fields }, withoutSecrets(message));
  }
}

/** A logger for one service; `destination` is for tests. */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: serializeError },
    redact,
  };
  // Synchronous, so that the line which says why we die is written before we do.
  return new Logger(pino(options, destination ?? pino.destination({ fd: 1, sync: true })));
}

/** Nest's own messages through our logger; its start-up chatter only at debug. */
export function nestLogger(logger: Logger): LoggerService {
  const fields = (rest: unknown[]) => ({ nest: rest.filter((part) => typeof part === 'string').at(-1) });
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(String(message), fields(rest)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(String(message), fields(rest)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.debug(String(message), fields(rest)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(String(message), fields(rest)),
    error: (message: unknown, ...rest: unknown[]) =>
      logger.error(String(message), { ...fields(rest), ...(message instanceof Error && { error: message }) }),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(String(message), fields(rest)),
  };
}

/** The text without what looks like a token, a signing secret or a URL's password. */
export function withoutSecrets(text: string): string {
  return text.replace(secretText, '$1[redacted]');
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack = '', cause } = error;
  const code = 'code' in error ? { code: String(error.code) } : {};
  const because = cause === undefined ? {} : { cause: serializeError(cause) };
  return { type: name, message: withoutSecrets(message), ...code, stack: withoutSecrets(stack), ...because };
}
