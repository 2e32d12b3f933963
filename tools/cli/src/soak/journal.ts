import type { Answer, Call, Plan } from './call.js';

const MOST_SHOWN = 25;

/** Everything that was asked and answered, and whatever was wrong as it happened. */
export class Journal {
  readonly calls: Call[] = [];
  readonly differences: string[] = [];
  /** How often something happened, by its name. */
  readonly counts = new Map<string, number>();
  private clock = 0;
  private latest = 0;

  /** @param onDifference hears of each at once: a run of half an hour may be ended early */
  constructor(private readonly onDifference: (what: string) => void = () => undefined) {}

  /** A request is about to be sent for the first time. */
  sent(plan: Plan): Call {
    const call = { ...plan, number: this.calls.length, sentAt: ++this.clock, after: this.latest };
    this.calls.push(call);
    return call;
  }

  /** The first answer to a request. */
  answered(call: Call, answer: Answer): void {
    call.answeredAt = ++this.clock;
    call.answer = answer;
    // A dry run tells the number that its event would have had.
    for (const { sequence = 0 } of call.dryRun ? [] : answer.told)
      this.latest = Math.max(this.latest, sequence);
    call.steps.forEach(({ command }, index) => {
      const { ok = false, code = '?' } = answer.told[index] ?? {};
      this.count(`${call.dryRun ? 'dry ' : ''}${command.kind}: ${ok ? 'accepted' : code}`);
    });
  }

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  differs(what: string): void {
    if (this.differences.length === MOST_SHOWN) return this.count('further differences, not shown');
    this.differences.push(what);
    this.onDifference(what);
  }
}
