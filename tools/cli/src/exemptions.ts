import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKOUT } from '@defter/embedded';
import { type Exemption, isDate, overdueOn, readExemptions } from '@defter/reconciliation-contracts';
import { UsageError } from './command.js';

const REGISTER = 'charts/defter/exemptions.json';

/**
 * `./defter exemptions [--on 2026-12-01] [--file <path>]`: what CI asks. 0: every exemption is in order; 1:
 * one is overdue, or the register is wrong.
 */
export const run = (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: { on: { type: 'string' }, file: { type: 'string' } },
  });
  const { on = new Date().toISOString().slice(0, 10), file = join(CHECKOUT, REGISTER) } = values;
  if (!isDate(on)) throw new UsageError('--on must be a date such as 2026-01-31');
  const { exemptions, faults } = readExemptions(textOf(file));
  console.log(
    exemptions.length === 0 ? 'No exemptions.' : exemptions.map((each) => lineOf(each, on)).join('\n'),
  );
  const overdue = overdueOn(exemptions, on).length;
  const advice =
    `${overdue} overdue: end what they exempt, then take them out of ${REGISTER}, or decide anew ` +
    'with another date.';
  const wrong = overdue === 0 ? faults : [...faults, advice];
  for (const sentence of wrong) console.error(sentence);
  return Promise.resolve(wrong.length === 0 ? 0 : 1);
};

/** @throws UsageError where there is nothing to read */
const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${(error as Error).message}`);
  }
};

const lineOf = ({ id, kind, due, owner, what }: Exemption, on: string): string => {
  const cells = [id, kind, `until ${due}`, owner, what];
  return [...cells, ...(due < on ? ['OVERDUE'] : [])].join(' · ');
};
