/** A mail with a page, its words for who sees no pages, and a table beside it (RFC 5322, 2045 to 2047). */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly at: Date;
  /** Names the message: the same mail twice is recognised as one. */
  readonly id: string;
  readonly html: string;
  readonly csv: string;
  readonly csvName: string;
}

/** A line break in a header would begin another header. */
const plain = (text: string): string => text.replace(/[\r\n]+/g, ' ');

/** Words outside of ASCII, in pieces of whole characters that keep to the length of a header. */
function encodedWord(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const pieces: string[] = [];
  let piece = '';
  for (const sign of text) {
    if (Buffer.byteLength(piece + sign) > 42) {
      pieces.push(piece);
      piece = '';
    }
    piece += sign;
  }
  const words = [...pieces, piece].map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`);
  return words.join('\r\n ');
}

const body = (content: string): string => Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n');

function part(headers: readonly string[], content: string): string {
  return [...headers, 'Content-Transfer-Encoding: base64', '', body(content)].join('\r\n');
}

const bounded = (boundary: string, parts: readonly string[]): string =>
  [...parts.map((each) => `--${boundary}\r\n${each}`), `--${boundary}--`, ''].join('\r\n');

/** The page's words without its signs. */
export const wordsIn = (html: string): string =>
  html
    .replace(/<style>[^]*?<\/style>|<svg[^]*?<\/svg>|<title>[^]*?<\/title>/g, '')
    .replace(/<(?:\/p|\/h[1-3]|\/li|\/tr|\/div|br)[^>]*>/g, '\n')
    .replace(/<\/(?:t[dh]|b|span|dt)>/g, ' ')
    .replace(/<\/dd>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();

/** The file's bytes as text. */
export function mailOf({ from, to, subject, at, id, html, csv, csvName }: Mail): string {
  const text = part(['Content-Type: text/plain; charset=utf-8'], wordsIn(html));
  const page = part(['Content-Type: text/html; charset=utf-8'], html);
  const inner = `alternative-${id}`;
  const either = [
    `Content-Type: multipart/alternative; boundary="${inner}"`,
    '',
    bounded(inner, [text, page]),
  ].join('\r\n');
  const sheet = part(
    ['Content-Type: text/csv; charset=utf-8', `Content-Disposition: attachment; filename="${csvName}"`],
    csv,
  );
  const outer = `mixed-${id}`;
  return [
    `From: ${plain(from)}`,
    `To: ${plain(to)}`,
    `Subject: ${encodedWord(plain(subject))}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@defter>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${outer}"`,
    '',
    bounded(outer, [either, sheet]),
  ].join('\r\n');
}
