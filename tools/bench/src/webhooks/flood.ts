import { Worker } from 'node:worker_threads';

/** What a flood has heard. */
export interface FloodResult {
  readonly answers: Readonly<Record<string, number>>;
  readonly perSecond: number;
}

/**
 * Requests without a valid signature, each as soon as the one before is answered, from addresses of the
 * loopback network that the signed ones don't come from. In a thread of its own, so that the latency of
 * signed ones isn't that of this program.
 */
export class Flood {
  private readonly startedAt = performance.now();

  private constructor(private readonly worker: Worker) {}

  static start(url: string, sockets: number): Flood {
    const worker = new Worker(new URL('./flood-worker.js', import.meta.url), {
      workerData: { url, sockets },
    });
    return new Flood(worker);
  }

  /** Ends it and says what it came to. */
  async stop(): Promise<FloodResult> {
    const answers = await new Promise<Record<string, number>>((resolve, reject) => {
      this.worker.once('message', resolve);
      this.worker.once('error', reject);
      this.worker.postMessage('stop');
    });
    const seconds = (performance.now() - this.startedAt) / 1_000;
    await this.worker.terminate();
    const count = Object.values(answers).reduce((sum, each) => sum + each, 0);
    return { answers, perSecond: count / seconds };
  }
}
