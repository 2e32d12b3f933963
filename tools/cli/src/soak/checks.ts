import type { ModelAnswer, ModelLedger } from '@defter/testing';
import type { Call, Told } from './call.js';
import { commandText } from './rest-form.js';
import type { Window } from './windows.js';

/** An answer that left no event: somewhere in its window the model must say the same. */
export interface Check {
  readonly call: Call;
  readonly index: number;
  readonly told: Told;
  readonly window: Window;
  /** When it was decided; undefined where nobody wrote that down. */
  readonly at: string | undefined;
  /** What the model said last. */
  said?: ModelAnswer;
}

/** The checks whose window is open, as the model walks through the events. */
export class OpenChecks {
  private readonly waiting: Check[];
  private open: Check[] = [];
  readonly failed: Check[] = [];
  passed = 0;

  constructor(checks: readonly Check[]) {
    this.waiting = [...checks].sort((a, b) => b.window.from - a.window.from);
  }

  /**
   * Asks the model as it stands after so many events; `times` are those of the last event and of the next.
   */
  ask(model: ModelLedger, events: number, times: readonly string[]): void {
    while ((this.waiting.at(-1)?.window.from ?? Infinity) <= events) {
      const check = this.waiting.pop();
      if (check !== undefined) this.open.push(check);
    }
    this.open = this.open.filter((check) => {
      if (check.window.to >= events && this.agrees(check, model, times)) {
        this.passed += 1;
        return false;
      }
      if (check.window.to > events) return true;
      this.failed.push(check);
      return false;
    });
  }

  /** No event comes any more. */
  end(): void {
    this.failed.push(...this.open, ...this.waiting);
    this.open = [];
  }

  private agrees(check: Check, model: ModelLedger, times: readonly string[]): boolean {
    return (check.at === undefined ? times : [check.at]).some((at) => {
      const said = answerOf(check, model, at);
      check.said = said;
      if (!isSame(check.told, said)) return false;
      const step = check.call.steps[check.index];
      if (step?.key !== undefined) model.remember(step.key, commandText(step.command), said);
      return true;
    });
  }
}

/** What the model would answer, with nothing of it left; the steps before it in an atomic bulk come first. */
const answerOf = ({ call, index }: Check, model: ModelLedger, at: string): ModelAnswer =>
  model.trial(() => {
    const { command } = call.steps[index] ?? {};
    for (const step of call.mode === 'atomic' ? call.steps.slice(0, index) : []) {
      const before = model.apply(step.command, at);
      if (!before.ok) return { ...before, code: `${before.code} of an earlier step` };
    }
    return command === undefined ? { ok: true } : model.apply(command, at);
  });

/** Accepted with the same number, or refused for the same reason with the same figures. */
export const isSame = ({ ok, code, facts = {}, id }: Told, said: ModelAnswer): boolean => {
  if (said.ok) return ok && (id === undefined || id === said.id);
  return (
    !ok &&
    code === said.code &&
    Object.entries(said.facts).every(([name, value]) => String(value) === String(facts[name]))
  );
};
