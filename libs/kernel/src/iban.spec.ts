import { describe, expect, it } from '@jest/globals';
import { compactIban, ibanFault, isIban } from './index.js';

/** Examples of the registry and of banks. */
const IBANS = [
  ...['TR330006100519786457841326', 'DE89370400440532013000', 'GB82WEST12345698765432'],
  ...['FR1420041010050500013M02606', 'NL91ABNA0417164300', 'ES9121000418450200051332'],
  ...['IT60X0542811101000000123456', 'AT611904300234573201', 'BE68539007547034', 'NO9386011117947'],
  ...['MT84MALT011000012345MTLCAST001S', 'CH9300762011623852957', 'PL61109010140000071219812874'],
];

describe('an IBAN', () => {
  it.each(IBANS)('%s is one', (iban) => expect(isIban(iban)).toBe(true));

  it('may have spaces and small letters', () => {
    expect(isIban('tr33 0006 1005 1978 6457 8413 26')).toBe(true);
    expect(compactIban('tr33 0006 1005 1978 6457 8413 26')).toBe('TR330006100519786457841326');
  });

  it.each([
    ['one digit off', 'TR330006100519786457841327', { fault: 'check-digits' }],
    ['two digits turned', 'TR330006100519786457841362', { fault: 'check-digits' }],
    ['a digit missing', 'TR33000610051978645784132', { fault: 'length', length: 25, expected: 26 }],
    [
      'a country of other length',
      'DE8937040044053201300000',
      { fault: 'length', country: 'DE', expected: 22 },
    ],
    ['no check digits', 'TRXX0006100519786457841326', { fault: 'form' }],
    ['a dash', 'TR33-0006-1005-1978-6457-8413-26', { fault: 'form' }],
    ['nothing', '', { fault: 'form' }],
  ])('%s is none: %s', (_, text, fault) => expect(ibanFault(text)).toMatchObject(fault));

  it('of a country whose length is not known needs its check digits only', () => {
    expect(ibanFault('ZZ02ABCD')).toEqual({ fault: 'form' });
    expect(ibanFault('ZZ00ABCDEFGH123456')).toEqual({ fault: 'check-digits' });
  });
});
