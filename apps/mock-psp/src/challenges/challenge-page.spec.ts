import { describe, expect, it } from '@jest/globals';
import { Book } from '../book/book.js';
import { request, take } from '../testing/taking.js';
import { challengePage, languageOf } from './challenge-page.js';

const challenge = (over: Parameters<typeof request>[0] = {}) => {
  const operation = take(new Book(), request({ play: 'challenge', amountMinor: 123_456n, ...over }));
  return { id: 'ch3_1', operation, step: operation.steps[0] ?? { status: 'pending', at: '' } } as const;
};

describe('the page of a challenge', () => {
  it('speaks the language that the browser likes best, of the two', () => {
    const cases = [
      undefined,
      '',
      'de',
      'tr',
      'tr-TR,tr;q=0.9,en;q=0.8',
      'en,tr',
      'en;q=0.3, tr;q=0.7',
      'tr;q=0',
    ];
    expect(cases.map(languageOf)).toEqual(['en', 'en', 'en', 'tr', 'tr', 'en', 'tr', 'en']);
  });

  it('has three plain forms, no script and nothing from elsewhere', () => {
    const page = challengePage(challenge(), 'tr');
    expect([...page.matchAll(/action="([^"]+)"/g)].map(([, action]) => action)).toEqual([
      ...['/challenge/ch3_1/approve', '/challenge/ch3_1/decline', '/challenge/ch3_1/abandon'],
    ]);
    expect(page).toContain('<html lang="tr">');
    expect(page).toContain('1234.56 TRY');
    expect(page).not.toMatch(/<script|src=|url\(|https?:/);
  });

  it('shows what a merchant writes as text', () => {
    const page = challengePage(challenge({ reference: '<script>alert("1")</script>&' }), 'en');
    expect(page).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;');
  });

  it('says how it ended, with the way back', () => {
    const ended = { ...challenge({ returnUrl: 'https://shop.example/back?a=1&b="2' }) };
    const page = challengePage({ ...ended, step: { status: 'declined', at: '' } }, 'en');
    expect(page).not.toContain('<form');
    expect(page).toContain('href="https://shop.example/back?a=1&#38;b=&#34;2"');
  });
});
