import { describe, expect, it } from '@jest/globals';
import { csvOf } from './csv.js';
import { mailOf, wordsIn } from './mail.js';
import { amountOf, shareOf, spanOf } from './page/figures.js';
import { html } from './page/html.js';
import { english } from './page/texts-en.js';
import { languageOf } from './page/texts.js';
import { acceptedFormat, toPlace } from './report.wire.js';

const cells = (...values: (string | number | null)[]): string =>
  csvOf(['n'], [values]).split('\r\n')[1] ?? '';

describe('a table for spreadsheets', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['+49 30', "'+49 30"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
  ])('makes the formula %j harmless', (text, written) =>
    expect(csvOf(['n'], [[text]])).toContain(`\r\n${written}\r\n`),
  );

  it.each(['-250', '0', '12.50', 'text', 'a=b'])('leaves %j as it is', (text) =>
    expect(cells(text)).toBe(text),
  );

  it('quotes what would end a cell or a line, and begins with the mark of UTF-8', () => {
    expect(
      csvOf(
        ['a', 'b'],
        [
          ['x,y', 'say "hi"'],
          ['two\nlines', null],
          [' edge', 7],
        ],
      ),
    ).toBe('\uFEFFa,b\r\n"x,y","say ""hi"""\r\n"two\nlines",\r\n" edge",7\r\n');
  });
});

describe('a piece of a page', () => {
  it('shows every text as text', () => {
    const evil = `<script>alert("1")</script>&'`;
    expect(html`<b title="${evil}">${evil}</b>`.text).toBe(
      '<b title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">' +
        '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</b>',
    );
    expect(html`<p>${[html`<i>${'<'}</i>`]}${2}</p>`.text).toBe('<p><i>&lt;</i>2</p>');
  });
});

describe('figures', () => {
  it.each([
    ['123456789', 'TRY', '1,234,567.89 TRY', '1.234.567,89 TRY'],
    ['5', 'TRY', '0.05 TRY', '0,05 TRY'],
    ['-100000', 'EUR', '−1,000.00 EUR', '−1.000,00 EUR'],
    ['1500', 'JPY', '1,500 JPY', '1.500 JPY'],
    ['123456', 'KWD', '123.456 KWD', '123,456 KWD'],
    [
      `9${'0'.repeat(30)}`,
      'TRY',
      '90,000,000,000,000,000,000,000,000,000.00 TRY',
      '90.000.000.000.000.000.000.000.000.000,00 TRY',
    ],
  ])('%s %s is read as %s, in Turkish as %s', (minor, currency, en, tr) => {
    expect(amountOf(minor, currency, 'en')).toBe(en);
    expect(amountOf(minor, currency, 'tr')).toBe(tr);
  });

  it('are shares and spans', () => {
    expect([
      shareOf('1', '4'),
      shareOf('0', '0'),
      shareOf(`1${'0'.repeat(40)}`, `2${'0'.repeat(40)}`),
    ]).toEqual([0.25, 0, 0.5]);
    expect([59, 7_199, 7_200, 172_800].map((seconds) => spanOf(seconds, english))).toEqual([
      ...['0 minutes', '119 minutes', '2 hours', '2 days'],
    ]);
  });
});

describe('what is asked for', () => {
  it.each([
    ['2026-11-26', { businessOn: '2026-11-26', format: undefined }],
    ['2026-11-26.csv', { businessOn: '2026-11-26', format: 'csv' }],
    ['latest.html', { businessOn: undefined, format: 'html' }],
    ['latest', { businessOn: undefined, format: undefined }],
    ['2026-02-30', undefined],
    ['2026-11-26.pdf', undefined],
    ['../2026-11-26', undefined],
  ])('%s', (name, place) => expect(toPlace(name)).toEqual(place));

  it('is a page for browsers, JSON for the rest, in the language of the reader', () => {
    expect(acceptedFormat('text/html,application/xhtml+xml;q=0.9')).toBe('html');
    expect([acceptedFormat('text/csv'), acceptedFormat('*/*'), acceptedFormat(undefined)]).toEqual([
      ...['csv', 'json', 'json'],
    ]);
    // Only the SLO report is there as Markdown.
    expect(acceptedFormat('text/markdown, */*', 'slo')).toBe('md');
    expect([acceptedFormat('text/markdown, */*', 'daily'), acceptedFormat('text/markdown')]).toEqual([
      ...['json', 'json'],
    ]);
    expect(languageOf('tr', 'en', 'en')).toBe('tr');
    expect([languageOf(undefined, 'tr-TR,tr;q=0.9', 'en'), languageOf('xx', 'de', 'tr')]).toEqual([
      'tr',
      'tr',
    ]);
  });
});

describe('a mail', () => {
  const mail = mailOf({
    ...{ from: 'a@x', to: 'b@x\r\nBcc: evil@x', subject: 'Günlük rapor 26 Kasım 2026 · Çay & Şeker A.Ş.' },
    ...{ at: new Date('2026-11-27T03:00:00Z'), id: 't-daily-2026-11-26-v1', csv: 'a\r\n', csvName: 'a.csv' },
    html: '<html><style>x{}</style><h1>Günlük</h1><p>1 &lt; 2</p></html>',
  });

  it('has no header that an address brought in, and a subject in any alphabet', () => {
    const [head = ''] = mail.split('\r\n\r\n');
    expect(head).not.toMatch(/^Bcc:/m);
    const words = [...head.matchAll(/=\?UTF-8\?B\?([^?]+)\?=/g)].map(([, word = '']) =>
      Buffer.from(word, 'base64').toString(),
    );
    expect(words.join('')).toBe('Günlük rapor 26 Kasım 2026 · Çay & Şeker A.Ş.');
    expect(mail.split('\r\n').every((line) => line.length <= 998)).toBe(true);
  });

  it('carries the page, its words and the table', () => {
    const parts = [...mail.matchAll(/base64\r\n\r\n([A-Za-z0-9+/=\r\n]+?)\r\n--/g)].map(([, body = '']) =>
      Buffer.from(body, 'base64').toString(),
    );
    expect(parts).toEqual(['Günlük\n1 < 2', expect.stringContaining('<h1>Günlük</h1>'), 'a\r\n']);
    expect(wordsIn('<td>a</td><td>b</td><br>c')).toBe('a b\nc');
  });
});
