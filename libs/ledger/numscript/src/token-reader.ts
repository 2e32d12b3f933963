import { ScriptError } from './script-error.js';
import { type Token, type TokenKind, tokensOf } from './tokens.js';

const NAMES: Readonly<Record<TokenKind, string>> = {
  word: 'a word',
  asset: 'an asset',
  account: 'an account',
  variable: 'a variable',
  number: 'a number',
  portion: 'a portion',
  string: 'a text in quotes',
  symbol: 'a symbol',
  end: 'the end of the script',
};

const MAX_DEPTH = 32;

/** Reads tokens from left to right, one ahead, and says in words what it would have taken instead. */
export class TokenReader {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;

  /** @throws ScriptError when the text has no tokens */
  constructor(private readonly text: string) {
    this.tokens = tokensOf(text);
  }

  /** The token that comes next, or one behind it. */
  peek(ahead = 0): Token {
    return this.tokens[this.index + ahead] ?? { kind: 'end', text: '', at: this.text.length };
  }

  /** Whether the next token is this word or symbol. */
  sees(text: string, ahead = 0): boolean {
    const { kind, text: next } = this.peek(ahead);
    return next === text && (kind === 'word' || kind === 'symbol');
  }

  /** Takes the next token, whatever it is. */
  next(): Token {
    const token = this.peek();
    this.index += 1;
    return token;
  }

  /** Takes the word or symbol if it comes next. */
  takes(text: string): boolean {
    if (!this.sees(text)) return false;
    this.index += 1;
    return true;
  }

  /** Takes words or symbols that must come now. @throws ScriptError */
  expect(...texts: readonly string[]): Token {
    const first = this.peek();
    for (const text of texts) if (!this.takes(text)) throw this.unexpected(`"${text}"`);
    return first;
  }

  /** Takes a token of the kind. @throws ScriptError */
  expectKind(kind: TokenKind, wanted = NAMES[kind]): Token {
    if (this.peek().kind !== kind) throw this.unexpected(wanted);
    return this.next();
  }

  /** Something inside something: bounded, so that no script can exhaust the stack. @throws ScriptError */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw this.error(this.peek().at, `nested deeper than ${MAX_DEPTH} levels`);
    const result = read();
    this.depth -= 1;
    return result;
  }

  /** That the next token is not what could stand here. */
  unexpected(wanted: string): ScriptError {
    const { at } = this.peek();
    return this.error(at, `expected ${wanted}, found ${this.found()}`);
  }

  error(at: number, reason: string): ScriptError {
    return new ScriptError(this.text, at, reason);
  }

  private found(): string {
    const { kind, text } = this.peek();
    if (kind === 'end') return NAMES.end;
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    return kind === 'word' || kind === 'symbol' ? `"${shown}"` : `${NAMES[kind]} (${shown})`;
  }
}
