/** One setting: where it comes from and how its text becomes a value. */
export interface Setting<T> {
  readonly env: string;
  readonly secret: boolean;
  /** Used when the variable is absent; `undefined` makes the setting required unless `optional`. */
  readonly fallback: T | undefined;
  readonly optional: boolean;
  /** Throws an Error whose message completes the sentence "HTTP_PORT …". */
  readonly parse: (text: string) => T;
}

/** A configuration's schema: one setting per field. */
export type ConfigSchema<C> = { readonly [K in keyof C]: Setting<C[K]> };
/** The value type of a schema made by `defineConfig`. */
export type ConfigOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };
/** The environment as the process or a test gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every mistake of the environment at once, so that nobody fixes them one start at a time. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

/** Declares a service's configuration; the value is the schema itself, typed. */
export function defineConfig<S extends Record<string, Setting<unknown>>>(schema: S): S {
  return schema;
}

/** Reads the environment by the schema. @throws ConfigError naming all missing and wrong variables. */
export function readConfig<C>(schema: ConfigSchema<C>, env: Environment): C {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [field, setting] of settingsOf(schema)) {
    const text = env[setting.env];
    if (text === undefined || text === '') {
      if (setting.fallback === undefined && !setting.optional) problems.push(`${setting.env} is missing`);
      values[field] = setting.fallback;
      continue;
    }
    try {
      values[field] = setting.parse(text);
    } catch (error) {
      // A secret's text is never repeated, not even in the message about it.
      const shown = setting.secret ? '' : ` (it is "${text}")`;
      problems.push(`${setting.env} ${(error as Error).message}${shown}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(values) as C;
}

/** The configuration as lines `ENV_NAME=value`, secrets as `[redacted]`. */
export function describeConfig<C>(schema: ConfigSchema<C>, config: C): string {
  const values = config as Record<string, unknown>;
  return settingsOf(schema)
    .map(
      ([field, { env, secret }]) =>
        `${env}=${values[field] === undefined ? '' : secret ? '[redacted]' : shown(values[field])}`,
    )
    .sort()
    .join('\n');
}

function settingsOf<C>(schema: ConfigSchema<C>): [string, Setting<unknown>][] {
  return Object.entries(schema as Record<string, Setting<unknown>>);
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
