import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { url, sockets } = workerData as { readonly url: string; readonly sockets: number };
const agent = new Agent({ keepAlive: true, maxSockets: sockets });
const answers: Record<string, number> = {};
const body = JSON.stringify({ id: 'evt_forged', type: 'deposit_captured', note: 'x'.repeat(400) });
let stopped = false;

/** One request; half of them with a signature that nobody made. */
const send = (forged: boolean, address: string): Promise<void> =>
  new Promise((resolve) => {
    const t = Math.floor(Date.now() / 1_000);
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      ...(forged && { 'mock-signature': `t=${t},v1=${'0'.repeat(64)}` }),
    };
    const sending = request(url, { method: 'POST', agent, headers, localAddress: address }, (answer) => {
      const status = `${answer.statusCode}`;
      answers[status] = (answers[status] ?? 0) + 1;
      answer.resume().on('end', resolve).on('error', resolve);
    });
    sending.on('error', () => {
      answers['broken'] = (answers['broken'] ?? 0) + 1;
      resolve();
    });
    sending.end(body);
  });

const one = async (index: number): Promise<void> => {
  while (!stopped) await send(index % 2 === 0, `127.0.0.${2 + (index % 8)}`);
};

const all = Promise.all(Array.from({ length: sockets }, (_, index) => one(index)));
parentPort?.once('message', () => {
  stopped = true;
  void all.then(() => parentPort?.postMessage(answers));
});
