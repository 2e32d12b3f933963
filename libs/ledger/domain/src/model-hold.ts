import type { ModelAnswer, ModelCapture, ModelTransaction } from './model-command.js';

/** A refusal of the model. */
export const no = (code: string, facts: Readonly<Record<string, unknown>> = {}): ModelAnswer => ({
  ok: false,
  code,
  facts,
});

/** The amount at an index; none is zero. */
export const nth = (amounts: readonly bigint[], index: number): bigint => amounts[index] ?? 0n;

/** Amount by amount. */
export const minus = (from: readonly bigint[], amounts: readonly bigint[]): readonly bigint[] =>
  from.map((each, index) => each - nth(amounts, index));

/** Adds a part to what is moved, posting by posting; more than is held is refused. */
export const spread = (
  { from, asset, amount }: NonNullable<ModelCapture['parts']>[number],
  hold: ModelTransaction,
  moved: bigint[],
): ModelAnswer | undefined => {
  let rest = amount;
  for (const [index, posting] of hold.postings.entries()) {
    if (posting.from !== from || posting.asset !== asset) continue;
    const room = nth(hold.left, index) - nth(moved, index);
    const part = room < rest ? room : rest;
    moved[index] = nth(moved, index) + part;
    rest -= part;
  }
  if (rest === 0n) return undefined;
  return no('exceeds-hold', { account: from, asset, asked: amount, held: amount - rest });
};
