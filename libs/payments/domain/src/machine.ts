/** A state machine as data: what the code obeys, what the docs draw, what the laws test. */
export interface Machine<S extends string, T extends string> {
  readonly name: string;
  readonly initial: S;
  readonly final: readonly S[];
  readonly edges: Readonly<Record<S, Partial<Readonly<Record<T, S>>>>>;
}

/** The state after `trigger`; a state that doesn't declare it stays as it is. */
export const step = <S extends string, T extends string>(machine: Machine<S, T>, from: S, trigger: T): S =>
  machine.edges[from][trigger] ?? from;

/** The machine as a Mermaid state diagram; edges in the table's order, triggers of one edge on one line. */
export const toMermaid = <S extends string, T extends string>(machine: Machine<S, T>): string => {
  const lines = ['stateDiagram-v2', `  [*] --> ${machine.initial}`];
  for (const [from, edges] of Object.entries<Partial<Record<string, string>>>(machine.edges)) {
    const triggersByTarget = new Map<string, string[]>();
    for (const [trigger, to] of Object.entries(edges)) {
      if (to === undefined) continue;
      triggersByTarget.set(to, [...(triggersByTarget.get(to) ?? []), trigger]);
    }
    for (const [to, triggers] of triggersByTarget) lines.push(`  ${from} --> ${to}: ${triggers.join(', ')}`);
  }
  for (const state of machine.final) lines.push(`  ${state} --> [*]`);
  return lines.join('\n');
};
