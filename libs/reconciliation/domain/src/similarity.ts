/**
 * How alike two texts are: the share of letter pairs that both have (Sørensen–Dice over bigrams), two digits,
 * 1 for equal texts. Case and separators don't count.
 */
export function similarity(left: string, right: string): number {
  const [one, other] = [plain(left), plain(right)];
  if (one === other) return one === '' ? 0 : 1;
  const pairs = pairsOf(one);
  const others = pairsOf(other);
  const size = pairs.length + others.length;
  if (size === 0) return 0;
  const free = new Map<string, number>();
  for (const pair of others) free.set(pair, (free.get(pair) ?? 0) + 1);
  let both = 0;
  for (const pair of pairs) {
    const left = free.get(pair) ?? 0;
    if (left === 0) continue;
    free.set(pair, left - 1);
    both++;
  }
  return Math.round((200 * both) / size) / 100;
}

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
const pairsOf = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
