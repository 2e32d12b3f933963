import { expect, it } from '@jest/globals';
import { PartFailed } from '@defter/embedded';
import { aboutFailedPart } from './failed-part.js';

const failed = (logTail: string) =>
  aboutFailedPart(new PartFailed('payments', 'did not get ready', { logFile: '/x/payments.log', logTail }));

it('a part that failed is named, with the end of its log in words and what to do', () => {
  const text = failed(
    [
      '{"level":"info","time":"2026-01-01T00:00:00Z","msg":"Starting"}',
      '{"level":"fatal","msg":"The service could not start","error":{"message":"port 4100 is in use"}}',
      'Killed',
    ].join('\n'),
  );
  expect(text.split('\n').slice(0, 6)).toEqual([
    'payments did not get ready, so the others were stopped. The last that it said:',
    '',
    '  info  Starting',
    '  fatal The service could not start: port 4100 is in use',
    '  Killed',
    '',
  ]);
  expect(text).toMatch(/\.\/defter logs payments .*\/x\/payments\.log[^]*\.\/defter up/);
  expect(text).not.toContain('{"');
});

it('what is no log line stays as it is, and silence is said', () => {
  expect(failed('{"level":')).toContain('  {"level":');
  expect(failed('{"other":1}')).toContain('{"other":1}');
  expect(failed('')).toContain('It said nothing.');
});
