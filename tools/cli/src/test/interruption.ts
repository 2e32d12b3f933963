const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` so that it can clean up: the first Ctrl-C (or SIGTERM, or the end of the terminal) is told to
 * it, and it comes to its end by itself. A second one ends this process at once, as without us.
 */
export async function interruptible<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    forget();
    console.error('\nStopping; once more to stop at once and leave everything as it is …');
    controller.abort();
  };
  const forget = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    forget();
  }
}
