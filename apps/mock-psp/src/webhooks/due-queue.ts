interface Entry<T> {
  readonly dueMs: number;
  readonly order: number;
  readonly item: T;
}

/** Items by the time at which they are due; equal times in the order of their coming. A binary heap. */
export class DueQueue<T> {
  private readonly heap: Entry<T>[] = [];
  private count = 0;

  get size(): number {
    return this.heap.length;
  }

  /** The earliest time, or undefined when empty. */
  get nextMs(): number | undefined {
    return this.heap[0]?.dueMs;
  }

  add(item: T, dueMs: number): void {
    const entry = { dueMs, order: this.count++, item };
    let at = this.heap.push(entry) - 1;
    for (let parent = (at - 1) >> 1; at > 0; at = parent, parent = (at - 1) >> 1) {
      const above = this.heap[parent];
      if (above === undefined || !before(entry, above)) break;
      this.heap[at] = above;
      this.heap[parent] = entry;
    }
  }

  /** Takes the earliest item if it is due. */
  takeDue(nowMs: number): T | undefined {
    const [top] = this.heap;
    if (top === undefined || top.dueMs > nowMs) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) this.sink(last);
    return top.item;
  }

  private sink(entry: Entry<T>): void {
    let at = 0;
    for (;;) {
      const [left, right] = [this.heap[2 * at + 1], this.heap[2 * at + 2]];
      const isRight = left !== undefined && right !== undefined && before(right, left);
      const child = isRight ? right : left;
      if (child === undefined || before(entry, child)) break;
      this.heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.heap[at] = entry;
  }
}

function before<T>(left: Entry<T>, right: Entry<T>): boolean {
  return left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.order < right.order);
}
