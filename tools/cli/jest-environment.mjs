// Jest's Node environment with one rule more: a test file that leaves a connection, server, child process or
// timer open fails. A leaked pool starves the next file's database; a leaked consumer takes part in the next
// test's group.
import { TestEnvironment } from 'jest-environment-node';

const WATCHED = ['TCPSocketWrap', 'TCPServerWrap', 'PipeWrap', 'ProcessWrap', 'FSEventWrap', 'StatWatcher'];
/**
 * Closing is asynchronous (a socket's last bytes, a child's exit), so what is still there gets this long to
 * go.
 */
const GRACE_MS = 2_000;
const POLL_MS = 20;

/**
 * How many of each watched kind keep this process alive; other test files of this process may have left
 * some.
 */
const openResources = () => {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo()) {
    if (WATCHED.includes(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default class LeakCheckingEnvironment extends TestEnvironment {
  /**
   * Timers of this file and where each was made. Jest's own timers are made outside of the file's globals.
   */
  #timers = new Map();
  #resourcesBefore = new Map();
  #handlesBefore = new Set();

  async setup() {
    await super.setup();
    for (const name of ['setTimeout', 'setInterval']) this.global[name] = this.#watched(this.global[name]);
  }

  async handleTestEvent(event, state) {
    if (event.name === 'setup') {
      this.#resourcesBefore = openResources();
      this.#handlesBefore = new Set(process._getActiveHandles?.());
    }
    if (event.name === 'run_finish') {
      const deadline = Date.now() + GRACE_MS;
      while (this.#leaks().length > 0 && Date.now() < deadline) await sleep(POLL_MS);
      const leaks = this.#leaks();
      if (leaks.length > 0) state.unhandledErrors.push(`the test file leaves open:\n${leaks.join('\n')}`);
    }
  }

  #watched(original) {
    const watched = (...args) => {
      const timer = original(...args);
      this.#forgetEndedTimers();
      this.#timers.set(timer, new Error('timer').stack?.split('\n').slice(2, 4).join('\n') ?? '');
      return timer;
    };
    // util.promisify(setTimeout) finds its own form under a symbol of the function.
    return Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
  }

  #forgetEndedTimers() {
    for (const timer of this.#timers.keys()) if (timer._destroyed) this.#timers.delete(timer);
  }

  #leaks() {
    this.#forgetEndedTimers();
    const timers = [...this.#timers]
      .filter(([timer]) => timer.hasRef())
      .map(([, from]) => `  a timer made\n${from}`);
    const resources = [...openResources()]
      .filter(([kind, count]) => count > (this.#resourcesBefore.get(kind) ?? 0))
      .map(([kind, count]) => `  ${kind} ×${count - (this.#resourcesBefore.get(kind) ?? 0)}`);
    return [...timers, ...resources, ...(resources.length > 0 ? this.#peers() : [])];
  }

  /** Which servers the file is still connected to; Node tells only through an undocumented list. */
  #peers() {
    return (process._getActiveHandles?.() ?? [])
      .filter((handle) => handle.remotePort !== undefined && !this.#handlesBefore.has(handle))
      .map(({ remoteAddress, remotePort }) => `  connected to ${remoteAddress}:${remotePort}`);
  }
}
