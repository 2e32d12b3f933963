import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { afterTrigger, deliveryDiagram, deliveryStates, statesWith } from './index.js';

/** The published diagram; when the test fails, its difference says what to write there. */
const file = new URL('../STATES.md', import.meta.url);
const page = [
  '# State machine of a delivery\n',
  'Drawn from the table that the code obeys (`delivery-machine.ts`); a test fails when they differ.\n',
  `\`\`\`mermaid\n${deliveryDiagram()}\n\`\`\`\n`,
].join('\n');

describe('the state machine of a delivery', () => {
  it('is published as the code obeys it', () => expect(readFileSync(file, 'utf8')).toBe(page));

  it('never leads away from canceled', () =>
    expect(statesWith('endpoint deleted')).not.toContain('canceled'));

  it('leads only to its own states', () => {
    for (const state of deliveryStates) {
      const next = afterTrigger(state, 'retried by a person');
      expect(next === undefined || deliveryStates.includes(next)).toBe(true);
    }
  });

  it('takes what waits and what a dead worker left, and nothing that is over', () =>
    expect(statesWith('leased')).toEqual(['pending', 'sending']));
});
