import { ScriptError } from './script-error.js';

export type TokenKind =
  'word' | 'asset' | 'account' | 'variable' | 'number' | 'portion' | 'string' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Without `@`, `$`, quotes, and the blanks of a ratio. */
  readonly text: string;
  readonly at: number;
}

const BLANK = /[ \t\r\n]+|\/\/[^\n]*|\/\*[^]*?\*\//y;

/** In the order in which they are tried. Each is free of nested repetition, so reading is linear. */
const KINDS: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[a-z][a-z_]*(?![A-Za-z0-9_])/y],
  ['asset', /[A-Z][A-Z0-9]{0,16}(?:_[A-Z]{1,16})?(?:\/[0-9]{1,6})?(?![A-Za-z0-9_/])/y],
  ['account', /@[A-Za-z0-9_-]+(?::[A-Za-z0-9_-]+)*(?![A-Za-z0-9_:-])/y],
  ['variable', /\$[A-Za-z_][A-Za-z0-9_]*/y],
  ['portion', /[0-9]+(?:\.[0-9]+)?%|[0-9]+ ?\/ ?[0-9]+/y],
  ['number', /[0-9]+(?![A-Za-z0-9_.])/y],
  ['string', /"(?:[^"\\\u0000-\u001f\u007f]|\\["\\])*"/y],
  ['symbol', /[{}()[\]=,*]/y],
];

/** Why no token begins with these, in words that help. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/"/y, 'a text ends with " on its own line and knows the escapes \\" and \\\\ only'],
  [/\/\*/y, 'a comment that begins with /* ends with */'],
  [
    /@[A-Za-z0-9_:-]*\$?/y,
    'an account is @ and segments [A-Za-z0-9_-]+ joined by ":"; a variable stands for a whole address',
  ],
  [/\$/y, 'a variable is $ and a name: letters, digits and _, not beginning with a digit'],
  [/-/y, 'there are no negative numbers and no arithmetic; give the result as a variable'],
  [/\+/y, 'there is no arithmetic; give the result as a variable'],
  [/[0-9]/y, 'a number is whole, in smallest units; a portion is 1/8 or 12.5%'],
  [/[A-Z]/y, 'an asset is written like TRY/2, JPY or BTC/8'],
];

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const content = (kind: TokenKind, written: string): string => {
  switch (kind) {
    case 'account':
    case 'variable':
      return written.slice(1);
    case 'string':
      return written.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
    case 'portion':
      return written.replaceAll(' ', '');
    default:
      return written;
  }
};

/** The tokens of a script, without blanks and comments; the last is the end. @throws ScriptError */
export const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = match(BLANK, text, at);
    if (blank === undefined) {
      const { token, end } = tokenAt(text, at);
      tokens.push(token);
      at = end;
    } else at += blank.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
};

const tokenAt = (text: string, at: number): { token: Token; end: number } => {
  for (const [kind, pattern] of KINDS) {
    const written = match(pattern, text, at);
    if (written !== undefined) {
      return { token: { kind, text: content(kind, written), at }, end: at + written.length };
    }
  }
  const hint = HINTS.find(([pattern]) => match(pattern, text, at) !== undefined)?.[1];
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  throw new ScriptError(text, at, hint ?? `the character ${JSON.stringify(character)} has no meaning here`);
};
