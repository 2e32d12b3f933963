import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { Mapping } from './mapped.js';

const faultsOf = (currency: string): string[] => {
  const rule = { decimal_mark: 'point', zone: 'UTC', amount: 'Amount', time: 'Time', currency };
  return validateSync(Object.assign(new Mapping(), rule)).flatMap(({ constraints = {} }) =>
    Object.values(constraints),
  );
};

describe('the currency of a mapping', () => {
  it.each(['TRY', 'EUR', 'JPY', 'Currency', 'Para Birimi', 'currency_code', 'trx'])('may be %s', (currency) =>
    expect(faultsOf(currency)).toEqual([]),
  );

  it.each(['TRX', 'EUE', 'AAA'])('is no slip such as %s: every line would have it', (currency) =>
    expect(faultsOf(currency)).toEqual([
      'currency must be the name of a column, or a currency of ISO 4217 such as TRY; three capitals are ' +
        'read as a currency',
    ]),
  );
});
