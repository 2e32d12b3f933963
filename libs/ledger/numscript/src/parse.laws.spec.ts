import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Program } from './ast.js';
import { MAX_SCRIPT_LENGTH, parse } from './parse.js';
import { print } from './print.js';
import { anyProgram, runnableProgram } from './script.fixture.js';
import { Script } from './script.js';
import { ScriptError, VariableError } from './script-error.js';

const withoutPlaces = (program: Program): unknown =>
  JSON.parse(JSON.stringify(program, (name, value: unknown) => (name === 'at' ? undefined : value)));

/** Whether the script is taken; what it throws must be an error of the script, placed inside the text. */
const isTaken = (text: string): boolean => {
  try {
    Script.of(text, {});
    return true;
  } catch (error) {
    if (error instanceof VariableError) return false;
    if (!(error instanceof ScriptError)) throw error;
    const { line, column } = error.position;
    const lines = text.split('\n');
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual([...(lines[line - 1] ?? '')].length + 1);
    expect(error.message.length).toBeLessThan(300);
    return false;
  }
};

/** What a fuzzer would put together: pieces of the language in any order. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...['send', 'vars', 'max', 'from', 'to', 'kept', 'remaining', 'source', 'destination', '=', '(', ')'],
      ...['{', '}', '[', ']', '*', ',', '[TRY/2 100]', '@a', '@world', '$x', '1/2', '50%', '7', '"t"', '//'],
      ...['/*', '*/', '\n', ' ', 'allowing', 'overdraft', 'unbounded', 'up', 'set_tx_meta', 'monetary', '-'],
    ),
  )
  .map((parts) => parts.join(' '));

describe('the text of a script', () => {
  it('is parsed to the tree that was printed', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        expect(withoutPlaces(parse(print(program)))).toEqual(withoutPlaces(program));
      }),
      { numRuns: 500 },
    );
  });

  it('is printed the same when it is printed again', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const text = print(program);
        expect(print(parse(text))).toBe(text);
      }),
    );
  });

  it('says the same without its line breaks and with comments', () => {
    fc.assert(
      fc.property(runnableProgram, (program) => {
        const text = print(program);
        const dense = text.replaceAll('\n', ' ');
        const commented = text.replaceAll('\n', ' // to here\n/* and\nthere */');
        expect(print(parse(dense))).toBe(text);
        expect(print(parse(commented))).toBe(text);
      }),
    );
  });
});

describe('any text', () => {
  it('is refused with a place inside it, or taken', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void isTaken(text)));
    fc.assert(
      fc.property(pieces, (text) => void isTaken(text)),
      { numRuns: 2000 },
    );
  });

  it('is refused with a place when a script was broken anywhere', () => {
    const mutation = fc.tuple(fc.nat(), fc.nat({ max: 6 }), fc.oneof(pieces, fc.string({ maxLength: 4 })));
    fc.assert(
      fc.property(runnableProgram, mutation, (program, [place, cut, put]) => {
        const text = print(program);
        const at = place % (text.length + 1);
        isTaken(text.slice(0, at) + put + text.slice(at + cut));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['braces', '{'],
    ['caps', 'max [TRY/2 1] from '],
    ['blanks', ' '],
    ['letters', 'a'],
    ['segments', '@a:'],
    ['digits', '9'],
    ['decimals', '1.'],
    ['quotes', '"'],
    ['escapes', '"\\'],
    ['comments', '/*'],
    ['slashes', '/'],
    ['declarations', 'vars {'],
  ])('ends soon on 16 KiB of %s', (_, piece) => {
    for (const start of [
      '',
      'send [TRY/2 1] (source = ',
      'send [TRY/2 1] (source = @a destination = ',
      'send [',
    ]) {
      const text = (start + piece.repeat(MAX_SCRIPT_LENGTH)).slice(0, MAX_SCRIPT_LENGTH);
      const startedAt = process.cpuUsage().user;
      expect(isTaken(text)).toBe(false);
      expect(process.cpuUsage().user - startedAt).toBeLessThan(500_000);
    }
  });

  it('longer than a script may be is refused', () => {
    const text = `${'//\n'.repeat(MAX_SCRIPT_LENGTH / 3)}send [TRY/2 1] (source = @world destination = @a)`;
    expect(() => parse(text)).toThrow(/at most 16384 characters/);
  });
});
