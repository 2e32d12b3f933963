import type { Faults } from './file-fault.js';

/** Sums by name, to be compared with what a file says of itself. */
export class Sums {
  private readonly sums = new Map<string, bigint>();
  private readonly stated = new Map<string, { amount: bigint; line: number }>();

  add(name: string, amount: bigint): void {
    this.sums.set(name, (this.sums.get(name) ?? 0n) + amount);
  }

  /** What the file says the sum is, and where. */
  state(name: string, amount: bigint, line: number): void {
    const before = this.stated.get(name)?.amount ?? 0n;
    this.stated.set(name, { amount: before + amount, line });
  }

  /** Notes each sum that is stated otherwise; what isn't stated isn't checked. */
  check(faults: Faults): void {
    for (const [name, { amount, line }] of this.stated) {
      const sum = this.sums.get(name) ?? 0n;
      if (sum !== amount)
        faults.add({ line, reason: `${name}: the lines add up to ${sum}, the file says ${amount}` });
    }
  }
}
