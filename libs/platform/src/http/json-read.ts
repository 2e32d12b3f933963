import { isUtf8 } from 'node:buffer';

/**
 * A JSON number that is no integer in plain digits (`1.5`, `1e3`, `-0`): kept as text, so that no validator
 * takes it for an amount.
 */
export class LosslessNumber {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** The document is not the strict JSON that Defter reads; the message says what and at which character. */
export class JsonError extends Error {}

const maxDepth = 100;
/** BigInt of a megabyte of digits would hold the event loop; no asset needs this many. */
const maxDigits = 1_000;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads JSON (RFC 8259) without passing a number through a double: integers become `number` while safe and
 * `bigint` beyond, others `LosslessNumber`. Refuses what other readers let pass: the same key twice, text
 * after the document, invalid UTF-8, NUL and lone surrogates (PostgreSQL cannot store them), nesting beyond
 * 100, and the key `__proto__`, which is dangerous where a body is copied member by member: a reader that
 * copies nothing says `anyKey`, and gets it as a member like any other. Own parser because lossless-json
 * 4.3 accepts a repeated key when both values are
 * equal, and has no depth limit.
 * @throws JsonError
 */
export function parseJson(document: Uint8Array | string, { anyKey = false } = {}): unknown {
  if (typeof document === 'string') return new Reader(document, anyKey).document();
  if (!isUtf8(document)) throw new JsonError('The document is not valid UTF-8');
  return new Reader(
    Buffer.from(document.buffer, document.byteOffset, document.byteLength).toString('utf8'),
    anyKey,
  ).document();
}

class Reader {
  private at = 0;
  private depth = 0;
  constructor(
    private readonly text: string,
    private readonly anyKey: boolean,
  ) {}

  document(): unknown {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail('Text after the document');
    return value;
  }

  private value(): unknown {
    this.space();
    switch (this.text.charCodeAt(this.at)) {
      case 0x22:
        return this.string();
      case 0x7b:
        return this.nested(() => this.object());
      case 0x5b:
        return this.nested(() => this.array());
      case 0x74:
        return this.word('true', true);
      case 0x66:
        return this.word('false', false);
      case 0x6e:
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private nested(read: () => unknown): unknown {
    if (++this.depth > maxDepth) this.fail(`Nested more than ${maxDepth} deep`);
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    if (this.closes(0x7d)) return object;
    do {
      this.space();
      if (this.text.charCodeAt(this.at) !== 0x22) this.fail('A key in double quotes is expected');
      const key = this.string();
      if (key === '__proto__' && !this.anyKey) this.fail('The key "__proto__" is not allowed');
      if (Object.hasOwn(object, key)) this.fail(`The key ${JSON.stringify(key.slice(0, 100))} stands twice`);
      this.space();
      if (this.text.charCodeAt(this.at) !== 0x3a) this.fail('":" is expected');
      this.at++;
      const value = this.value();
      if (key === '__proto__') defineMember(object, key, value);
      else object[key] = value;
    } while (this.another(0x7d, '"," or "}" is expected'));
    return object;
  }

  private array(): unknown[] {
    const array: unknown[] = [];
    if (this.closes(0x5d)) return array;
    do array.push(this.value());
    while (this.another(0x5d, '"," or "]" is expected'));
    return array;
  }

  private string(): string {
    const start = ++this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) return this.text.slice(start, this.at++);
      if (code === 0x5c) return this.escapedString(start);
      // NaN (the end of the text) fails this comparison too.
      if (!(code >= 0x20))
        this.fail(this.at < this.text.length ? 'A control character in a string' : 'A string without end');
      this.at++;
    }
  }

  /**
   * The rare form: finds the closing quote, lets the engine decode the escapes, then refuses what cannot be
   * stored.
   */
  private escapedString(start: number): string {
    while (this.at < this.text.length && this.text.charCodeAt(this.at) !== 0x22) {
      this.at += this.text.charCodeAt(this.at) === 0x5c ? 2 : 1;
    }
    this.at++;
    let decoded: string;
    try {
      decoded = JSON.parse(this.text.slice(start - 1, this.at)) as string;
    } catch {
      return this.fail('A string with a wrong escape, a control character or no end');
    }
    if (decoded.includes('\0')) this.fail('NUL in a string');
    if (/\p{Surrogate}/u.test(decoded)) this.fail('Half a surrogate pair in a string');
    return decoded;
  }

  private number(): number | bigint | LosslessNumber {
    numberPattern.lastIndex = this.at;
    const token = numberPattern.exec(this.text)?.[0];
    if (token === undefined)
      return this.fail(this.at < this.text.length ? 'A value is expected' : 'The document ends early');
    if (token.length > maxDigits) this.fail(`A number of more than ${maxDigits} digits`);
    this.at += token.length;
    return integer(token) ?? new LosslessNumber(token);
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail('A value is expected');
    this.at += word.length;
    return value;
  }

  private closes(bracket: number): boolean {
    this.space();
    if (this.text.charCodeAt(this.at) !== bracket) return false;
    this.at++;
    return true;
  }

  private another(bracket: number, expected: string): boolean {
    if (this.closes(bracket)) return false;
    if (this.text.charCodeAt(this.at) !== 0x2c) this.fail(expected);
    this.at++;
    return true;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private fail(what: string): never {
    throw new JsonError(`${what} at character ${this.at + 1}`);
  }
}

/** An assignment would call the setter of the prototype. */
function defineMember(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * The integer a token says, exactly; undefined when it is no plain integer (fraction, exponent, minus
 * zero).
 */
function integer(token: string): number | bigint | undefined {
  const negative = token.charCodeAt(0) === 0x2d;
  let value = 0;
  for (let at = negative ? 1 : 0; at < token.length; at++) {
    const digit = token.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  // Up to 2^53 the sum above is exact; beyond, it is at least 2^53 and therefore not safe.
  if (!Number.isSafeInteger(value)) return BigInt(token);
  if (!negative) return value;
  return value === 0 ? undefined : -value;
}
