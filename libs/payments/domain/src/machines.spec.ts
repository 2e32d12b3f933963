import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  checkoutMachine,
  disputeMachine,
  intentMachine,
  type Machine,
  operationMachine,
  payoutMachine,
  refundMachine,
  toMermaid,
} from './index.js';

/** The published diagrams; when the test fails, its difference says what to write there. */
const file = new URL('../STATES.md', import.meta.url);

const section = <S extends string, T extends string>(machine: Machine<S, T>): string =>
  `## ${machine.name}\n\n\`\`\`mermaid\n${toMermaid(machine)}\n\`\`\`\n`;

const page = [
  '# State machines of payments\n',
  'Drawn from the tables that the code obeys (`*-machine.ts`); a test fails when they differ.\n',
  section(intentMachine),
  section(operationMachine),
  section(refundMachine),
  section(disputeMachine),
  section(payoutMachine),
  section(checkoutMachine),
].join('\n');

describe('the published state machines', () => {
  it('are the ones that the code obeys', () => {
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  it('lead only to states that they declare', () => {
    for (const { edges, final, initial } of [
      intentMachine,
      operationMachine,
      refundMachine,
      disputeMachine,
      payoutMachine,
      checkoutMachine,
    ]) {
      const states = Object.keys(edges);
      for (const targets of Object.values(edges))
        expect(states).toEqual(expect.arrayContaining(Object.values(targets)));
      expect(states).toEqual(expect.arrayContaining([initial, ...final]));
    }
  });
});
