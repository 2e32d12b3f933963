import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const tickUs = 1_000_000 / parseInt(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }), 10);

/**
 * Processor time of a process and its children so far, in microseconds, as Linux counts it (`man 5 proc`,
 * `/proc/pid/stat`); 0 for one that is gone.
 */
export const processorTimeUs = (pid: number): number => {
  const own = statOf(pid);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(parseInt(name, 10)))
    .filter((stat) => stat?.parent === pid);
  return [own, ...children].reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) * tickUs;
};

const statOf = (pid: number): { readonly parent: number; readonly ticks: number } | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may have spaces; what follows it is fields from the third on.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => parseInt(fields[number - 3] ?? '0', 10);
    // utime, stime, and those of children that were waited for.
    return { parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) };
  } catch {
    return undefined;
  }
};
