import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl, LiveObject } from '../control-plane/kubectl.js';
import { NAMESPACE } from '../node/installation.js';

const BACK_WITHIN_MS = 180_000;
const SELECTOR = 'app.kubernetes.io/name=ledger,app.kubernetes.io/component=http';

/** kill -9 of the process in one of the ledger's pods; waits until kubelet has started it again. */
export async function killedLedger(kubectl: Kubectl): Promise<string> {
  const [pod] = await kubectl.list('pods', NAMESPACE, SELECTOR);
  if (pod === undefined) throw new Error('the ledger has no pod');
  const { name, uid } = pod.metadata as LiveObject['metadata'] & { readonly uid: string };
  const killedAt = Date.now();
  process.kill(processIn(uid), 'SIGKILL');
  for (;;) {
    const [again] = (await kubectl.list('pods', NAMESPACE, SELECTOR)).filter(
      ({ metadata }) => metadata.name === name,
    );
    const [status] = (again?.status?.['containerStatuses'] ?? []) as {
      ready: boolean;
      restartCount: number;
    }[];
    if (status?.ready === true && status.restartCount > 0) break;
    if (Date.now() - killedAt > BACK_WITHIN_MS) throw new Error(`${name} did not come back after kill -9`);
    await sleep(250);
  }
  const seconds = ((Date.now() - killedAt) / 1000).toFixed(1);
  return `kill -9 hit ${name} while deposits were running; ${seconds} s later kubelet had it back`;
}

/** The first process of ours in a pod, found by its control group. */
function processIn(uid: string): number {
  const found = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .find((pid) => {
      try {
        const isIn = readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`pod${uid}`);
        return isIn && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/main.js');
      } catch {
        return false; // ended while we looked
      }
    });
  if (found === undefined) throw new Error(`no process is in the pod ${uid}`);
  return Number.parseInt(found, 10);
}
