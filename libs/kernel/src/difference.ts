/**
 * A value as text, so that two values have the same text exactly when they are equal: sorted keys, `10n` for
 * a bigint, absent and undefined members alike. One member a line.
 */
export const describeValue = (value: unknown, indent = ''): string => {
  if (typeof value !== 'object' || value === null) return describePrimitive(value);
  const inner = `${indent}  `;
  if (value instanceof Date)
    return `Date(${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`;
  if (value instanceof Uint8Array) return `Uint8Array(${value.join(' ')})`;
  if (value instanceof Map) return `Map${describeValue([...value], indent)}`;
  if (value instanceof Set) return `Set${describeValue([...value], indent)}`;
  if (Array.isArray(value)) {
    const items = value.map((item) => inner + describeValue(item, inner));
    return enclose('[', items, `${indent}]`);
  }
  return enclose('{', describeMembers(value, inner), `${indent}}`);
};

const describePrimitive = (value: unknown): string => {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
};

const describeMembers = (value: object, indent: string): string[] =>
  Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${indent}${key}: ${describeValue(member, indent)}`);

const enclose = (open: string, lines: readonly string[], close: string): string =>
  lines.length === 0
    ? open + close.trimStart()
    : [open, ...lines.map((line) => `${line},`), close].join('\n');

/**
 * The two texts line by line: `-` only in the first, `+` only in the second, by their longest common part.
 */
export const lineDifference = (first: string, second: string): string => {
  const left = first.split('\n');
  const right = second.split('\n');
  const common = commonLengths(left, right);
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(`  ${left[i]}`);
      i += 1;
      j += 1;
    } else if (i < left.length && (j === right.length || at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push(`- ${left[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${right[j]}`);
      j += 1;
    }
  }
  return lines.join('\n');
};

/** `[i][j]`: the length of the longest common subsequence of the lines from `i` on and from `j` on. */
const commonLengths = (left: readonly string[], right: readonly string[]): number[][] => {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? [];
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] =
        left[i] === right[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
};

const at = (lengths: readonly (readonly number[])[], i: number, j: number): number => lengths[i]?.[j] ?? 0;
