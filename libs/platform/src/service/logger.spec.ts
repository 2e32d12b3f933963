import { describe, expect, it } from '@jest/globals';
import { withTrace } from '../http/trace.js';
import { createLogger } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger('test', 'info', { write: (line: string) => (text += line) }));
  return text;
}

describe('logs', () => {
  it.each([
    ['a bearer token', 'sent Authorization: Bearer dk_0123456789abcdef', {}],
    ['a token', 'key dk_0123456789abcdef is wrong', {}],
    ['a signing secret', 'whsec_0123456789abcdef', {}],
    ['a password in a URL', 'connect postgres://defter:0123456789abcdef@127.0.0.1/ledger', {}],
    [
      'a field',
      'x',
      { token: '0123456789abcdef', request: { headers: { authorization: '0123456789abcdef' } } },
    ],
    [
      'an error and its cause',
      'x',
      {
        error: new Error('postgres://u:0123456789abcdef@h', { cause: new Error('Bearer 0123456789abcdef') }),
      },
    ],
  ])('%s is redacted', (_, message, fields) => {
    const text = logged((logger) => logger.error(message, fields));
    expect(text).not.toContain('0123456789abcdef');
    expect(text).toContain('[redacted]');
  });

  it('carry time, level, service, message and the trace of the request', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const text = withTrace(traceparent, () => logged((logger) => logger.info('hello', { n: 1 })));
    expect(JSON.parse(text)).toMatchObject({
      level: 'info',
      service: 'test',
      message: 'hello',
      n: 1,
      traceId: 'a'.repeat(32),
      time: expect.any(String),
    });
  });

  it('below the level cost nothing and say nothing', () => {
    expect(logged((logger) => logger.debug('x'))).toBe('');
  });
});
