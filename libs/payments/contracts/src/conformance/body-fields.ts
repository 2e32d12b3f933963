/** A text, number or truth value somewhere in a webhook's body, JSON or form. */
export interface BodyField {
  /** Its own name, without those around it. */
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly value: string | number | boolean;
}

/** All fields of a body; none for bytes of another form. */
export function fieldsOf(body: Uint8Array): readonly BodyField[] {
  const json = jsonOf(body);
  return json === undefined
    ? [...formOf(body)].map(([name, value]) => ({ name, path: [name], value }))
    : within(json, []);
}

/** The body with another value in that field; `undefined` takes the field away. */
export function withField(body: Uint8Array, { path }: BodyField, value: unknown): Uint8Array {
  const json = jsonOf(body);
  if (json !== undefined) return Buffer.from(JSON.stringify(replaced(json, path, value)));
  const form = formOf(body);
  const [name = ''] = path;
  if (value === undefined) form.delete(`${name}`);
  else form.set(`${name}`, typeof value === 'object' ? JSON.stringify(value) : String(value));
  return Buffer.from(form.toString());
}

/** The same content written in another way: other spaces and order in JSON, another order in a form. */
export function rewritten(body: Uint8Array): Uint8Array {
  const json = jsonOf(body);
  if (json !== undefined) return Buffer.from(JSON.stringify(reversed(json), null, 2));
  return Buffer.from(new URLSearchParams([...formOf(body)].reverse()).toString());
}

/** Another value of the same kind. */
export function flipped(value: BodyField['value']): BodyField['value'] {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (/^\d+$/.test(value)) return value.replace(/\d$/, (digit) => (digit === '9' ? '8' : '9'));
  return value === '' ? 'x' : `${value.slice(0, -1)}${value.endsWith('x') ? 'y' : 'x'}`;
}

function jsonOf(body: Uint8Array): object | undefined {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

const formOf = (body: Uint8Array): URLSearchParams => new URLSearchParams(new TextDecoder().decode(body));

function within(value: unknown, path: readonly (string | number)[]): readonly BodyField[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => within(item, [...path, index]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, member]) => within(member, [...path, name]));
  const name = `${path.findLast((step) => typeof step === 'string') ?? ''}`;
  const isField = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isField ? [{ name, path, value }] : [];
}

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaced(item, rest, by) : (item as unknown)));
  return Object.fromEntries(
    Object.entries(value as object)
      .map(
        ([name, member]) => [name, name === step ? replaced(member, rest, by) : (member as unknown)] as const,
      )
      .filter(([, member]) => member !== undefined),
  );
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
