/** Reads a JSON value field by field; every error names its place, such as `tenants[0].keys[1].scopes`. */
export class Reader {
  private readonly taken = new Set<string>();

  private constructor(
    private readonly value: Readonly<Record<string, unknown>>,
    private readonly place: string,
    private readonly errors: string[],
  ) {}

  /** Reads a document and reports all its errors together. @throws Error with one line for each */
  static document<T>(
    json: unknown,
    read: (reader: Reader, check: (ok: boolean, error: string) => void) => T,
  ): T {
    const errors: string[] = [];
    const check = (ok: boolean, error: string) => void (ok || errors.push(error));
    const result = Reader.over(json, '', errors, (reader) => read(reader, check));
    if (errors.length > 0)
      throw new Error(`the settings file has ${errors.length} error(s):\n  ${errors.join('\n  ')}`);
    return result;
  }

  /** The name of a field as errors show it. */
  at(field: string): string {
    return this.place === '' ? field : `${this.place}.${field}`;
  }

  text(field: string, pattern = /^.+$/s, what = 'a text that is not empty'): string {
    const value = this.take(field);
    if (typeof value === 'string' && pattern.test(value)) return value;
    return this.wrong(field, what, '');
  }

  oneOf<const W extends string>(field: string, words: readonly [W, ...W[]]): W {
    const value = this.take(field);
    return words.find((word) => word === value) ?? this.wrong(field, `one of ${words.join(', ')}`, words[0]);
  }

  bool(field: string): boolean {
    const value = this.take(field);
    return typeof value === 'boolean' ? value : this.wrong(field, 'true or false', true);
  }

  whole(field: string, max: number, min = 0): number {
    const value = this.take(field);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max)
      return value;
    return this.wrong(field, `a whole number from ${min} to ${max}`, min);
  }

  /** An amount of the smallest unit: a decimal-integer text of any size. */
  amount(field: string): bigint {
    const value = this.take(field);
    if (typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value)) return BigInt(value);
    return this.wrong(field, 'a whole number as text, such as "250"', 0n);
  }

  /** A field that may be missing. */
  optional<T>(field: string, read: (field: string) => T): T | undefined {
    this.taken.add(field);
    return this.value[field] === undefined ? undefined : read(field);
  }

  /** A time with its zone, as RFC 3339 writes it: `2026-11-30T12:00:00Z`. */
  instant(field: string): Date {
    const value = this.take(field);
    const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;
    const instant = new Date(typeof value === 'string' && form.test(value) ? value : Number.NaN);
    if (!Number.isNaN(instant.getTime())) return instant;
    return this.wrong(field, 'a time such as "2026-11-30T12:00:00Z"', new Date(0));
  }

  /** The name of a time zone, such as `Europe/Istanbul`. */
  zone(field: string): string {
    const value = this.take(field);
    if (typeof value === 'string' && isZone(value)) return value;
    return this.wrong(field, 'a time zone such as "Europe/Istanbul"', 'UTC');
  }

  texts(field: string): readonly string[] {
    const value = this.take(field);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''))
      return value as string[];
    return this.wrong(field, 'a list of texts', []);
  }

  /** An object of texts, under its field's name; nothing where the field is missing. */
  optionalTextMap<const F extends string>(
    field: F,
  ): { readonly [K in F]?: Readonly<Record<string, string>> } {
    const value = this.take(field);
    if (value === undefined) return {};
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    const isGood = isMap && Object.values(value).every((text) => typeof text === 'string' && text !== '');
    if (!isGood) this.wrong(field, 'an object of texts that are not empty', {});
    return { [field]: isGood ? value : {} } as { readonly [K in F]?: Readonly<Record<string, string>> };
  }

  object<T>(field: string, read: (reader: Reader) => T): T {
    return Reader.over(this.take(field), this.at(field), this.errors, read);
  }

  list<T>(field: string, read: (reader: Reader) => T): readonly T[] {
    const value = this.take(field);
    if (!Array.isArray(value)) return this.wrong(field, 'a list', []);
    return value.map((item: unknown, index) =>
      Reader.over(item, `${this.at(field)}[${index}]`, this.errors, read),
    );
  }

  private static over<T>(value: unknown, place: string, errors: string[], read: (reader: Reader) => T): T {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    // A wrong object says so once, not once more for each of its fields.
    const reader = new Reader(
      isObject ? (value as Record<string, unknown>) : {},
      place,
      isObject ? errors : [],
    );
    if (!isObject) errors.push(`${place === '' ? 'the document' : place} must be an object`);
    const result = read(reader);
    for (const field of Object.keys(reader.value)) {
      if (!reader.taken.has(field)) errors.push(`${reader.at(field)} is not a known field`);
    }
    return result;
  }

  private take(field: string): unknown {
    this.taken.add(field);
    return this.value[field];
  }

  /** Notes the error and goes on with a stand-in, so that one read finds all errors. */
  private wrong<T>(field: string, what: string, standIn: T): T {
    this.errors.push(
      `${this.at(field)} ${this.value[field] === undefined ? 'is missing: it must be' : 'must be'} ${what}`,
    );
    return standIn;
  }
}

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};
