import { amountText } from '@defter/reconciliation-domain';
import type { Faults } from './file-fault.js';

/** Sums by name and currency, to be compared with what a file says of itself. */
export class Sums {
  private readonly sums = new Map<string, bigint>();
  private readonly stated = new Map<string, Stated>();

  add(name: string, currency: string, amount: bigint): void {
    const key = keyOf(name, currency);
    this.sums.set(key, (this.sums.get(key) ?? 0n) + amount);
  }

  /** What the file says the sum is, and where. */
  state(name: string, currency: string, { amount, line }: { amount: bigint; line: number }): void {
    const key = keyOf(name, currency);
    const before = this.stated.get(key)?.amount ?? 0n;
    this.stated.set(key, { name, currency, amount: before + amount, line });
  }

  /** Notes each sum that is stated otherwise; what isn't stated isn't checked. */
  check(faults: Faults): void {
    for (const [key, { name, currency, amount, line }] of this.stated) {
      const sum = this.sums.get(key) ?? 0n;
      const [found, said] = [amountText(sum, currency), amountText(amount, currency)];
      if (sum !== amount)
        faults.add({ line, reason: `${name}: the lines add up to ${found}, the file says ${said}` });
    }
  }
}

interface Stated {
  readonly name: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly line: number;
}

const keyOf = (name: string, currency: string): string => `${currency} ${name}`;
