import { readdirSync, readFileSync } from 'node:fs';

/**
 * Memory of a process and its children in bytes, shared pages counted once (proportional set size, `man 5
 * proc`, `smaps_rollup`).
 */
export const memoryBytes = (pid: number): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => name === String(pid) || parentOf(name) === pid)
    .reduce((sum, name) => sum + sizeOf(name), 0);

/** Keeps the greatest value of `measure`, looked at every so many milliseconds, until it is asked for. */
export const peakOf = (measure: () => number, everyMs: number): (() => number) => {
  let peak = measure();
  const timer = setInterval(() => (peak = Math.max(peak, measure())), everyMs);
  return () => {
    clearInterval(timer);
    return Math.max(peak, measure());
  };
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
};

const parentOf = (name: string): number => {
  const text = read(`/proc/${name}/stat`);
  return parseInt(text.slice(text.lastIndexOf(')') + 2).split(' ')[1] ?? '0', 10);
};

const sizeOf = (name: string): number =>
  parseInt(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${name}/smaps_rollup`))?.[1] ?? '0', 10) * 1_024;
