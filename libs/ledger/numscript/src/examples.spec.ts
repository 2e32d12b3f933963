/** Runs the examples of docs/reference/numscript.md: each script with the JSON block behind it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Movement } from './interpret.js';
import { parse } from './parse.js';
import { print } from './print.js';
import { Script } from './script.js';
import { ScriptError } from './script-error.js';

interface Expected {
  readonly vars?: Record<string, unknown>;
  /** What the accounts have of the one asset that is sent. */
  readonly has?: Record<string, number>;
  readonly floor?: number;
  readonly moves?: readonly string[];
  readonly short?: object;
  readonly error?: string;
}

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/numscript.md'), 'utf8');
const blocks = [...page.matchAll(/```numscript\n([^`]*)```\n\n```json\n([^`]*)```/g)].map(
  ([, script = '', expected = '']): [name: string, script: string, expected: Expected] => [
    script.trim().split('\n').slice(0, 3).join(' '),
    script,
    JSON.parse(expected) as Expected,
  ],
);

const shown = ({ source, destination, amount }: Movement): string => `${source} > ${destination} ${amount}`;

const outcome = (plain: string, { vars = {}, has = {}, floor = 0 }: Expected): Expected => {
  try {
    const run = Script.of(plain, vars).run({
      available: (account) => BigInt(has[account] ?? 0),
      floor: (account) => (account === 'world' ? null : BigInt(floor)),
      arrives: true,
    });
    if (run.moved) return { moves: run.movements.map(shown) };
    const { needed, available, ...where } = run.shortage;
    return {
      short: { ...where, needed: parseInt(String(needed), 10), available: parseInt(String(available), 10) },
    };
  } catch (error) {
    if (error instanceof ScriptError) return { error: error.message };
    throw error;
  }
};

describe('the examples of the reference', () => {
  it('are all found', () => expect(blocks).toHaveLength([...page.matchAll(/```numscript/g)].length));

  it.each(blocks)('do what the page says: %s', (_, plain, expected) => {
    const { moves, short, error } = expected;
    const wanted = { ...(moves && { moves }), ...(short && { short }), ...(error && { error }) };
    expect(outcome(plain, expected)).toEqual(wanted);
    if (error === undefined) expect(outcome(print(parse(plain)), expected)).toEqual(wanted);
  });
});
