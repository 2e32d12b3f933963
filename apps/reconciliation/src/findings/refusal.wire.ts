type Refused = { readonly accepted: false; readonly refusal: { readonly code: string } };

/**
 * An outcome with its refusal as problem bodies name things: `proposal_id`, not `proposalId`. The domain
 * keeps its own names; codes and values stay as they are.
 */
export const inWireNames = <O extends { readonly accepted: true } | Refused>(outcome: O): O =>
  outcome.accepted ? outcome : { ...outcome, refusal: snakeMembers(outcome.refusal) };

const snakeMembers = (refusal: object): object =>
  Object.fromEntries(Object.entries(refusal).map(([name, value]: [string, unknown]) => [snake(name), value]));

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
