/** How long each statement takes: of a run that is slow, which one it is. */
export class Stopwatch {
  readonly ms: Record<string, number> = {};

  async time<T>(what: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    this.ms[what] = (this.ms[what] ?? 0) + Math.round(performance.now() - startedAt);
    return result;
  }
}
