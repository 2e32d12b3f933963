/** `tsconfig.base.json` with the provider's path, among those of the others. */
export const withPath = (text: string, id: string): string => {
  const entry = `      "@defter/provider-${id}": ["./libs/payments/providers/${id}/src/index.ts"],\n`;
  const lines = text.split(/(?<=\n)/);
  const isProvider = (line: string): boolean => line.includes('"@defter/provider-');
  const before = lines.findIndex((line) => isProvider(line) && line > entry);
  const at = before >= 0 ? before : lines.findLastIndex(isProvider) + 1;
  if (at === 0) throw new Error('tsconfig.base.json has no providers to stand beside');
  return [...lines.slice(0, at), entry, ...lines.slice(at)].join('');
};

interface Lock {
  readonly packages: Readonly<Record<string, unknown>>;
}

/** `package-lock.json` as npm writes it once the provider is a workspace without dependencies. */
export const withLockEntries = (text: string, id: string): string => {
  const lock = JSON.parse(text) as Lock;
  const folder = `libs/payments/providers/${id}`;
  const name = `@defter/provider-${id}`;
  const entries = {
    [folder]: { name, version: '0.1.0', license: 'Apache-2.0' },
    [`node_modules/${name}`]: { resolved: folder, link: true },
  };
  const packages = Object.entries({ ...lock.packages, ...entries }).sort(([left], [right]) =>
    left.localeCompare(right, 'en'),
  );
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`;
};
