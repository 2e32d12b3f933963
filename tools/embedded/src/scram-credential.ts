// The one request of Kafka's protocol that kafkajs lacks: AlterUserScramCredentials (key 51, version 0), as
// https://kafka.apache.org/protocol describes it. Its alternative is a program that takes seconds to start.
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const API_KEY = 51;
const SCRAM_SHA_512 = 2;
const ITERATIONS = 4_096;
const TIMEOUT_MS = 10_000;
/** The end of every structure: it has no tagged fields. */
const NO_TAGS = Buffer.of(0);

/** Sets a user's password for SCRAM-SHA-512. @throws Error with what the broker answers */
export async function alterScramCredential(brokers: string, user: string, password: string): Promise<void> {
  const [host = '', port = ''] = (brokers.split(',')[0] ?? '').split(':');
  const answer = await ask(host, Number.parseInt(port, 10), requestOf(user, password));
  const { code, message } = resultOf(answer);
  if (code !== 0) throw new Error(`Kafka did not take a password for ${user}: ${message} (${code})`);
}

function requestOf(user: string, password: string): Buffer {
  const salt = randomBytes(32);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 64, 'sha512');
  const client = Buffer.from('defter-users');
  const header = [int16(API_KEY), int16(0), int32(1), int16(client.length), client, NO_TAGS];
  const noDeletions = length(0);
  const upsertion = [
    compact(Buffer.from(user)),
    Buffer.of(SCRAM_SHA_512),
    int32(ITERATIONS),
    compact(salt),
    compact(salted),
    NO_TAGS,
  ];
  const body = Buffer.concat([...header, noDeletions, length(1), ...upsertion, NO_TAGS]);
  return Buffer.concat([int32(body.length), body]);
}

/** Of the only user that we ask for. */
function resultOf(answer: Buffer): { code: number; message: string } {
  // Correlation id, tags, throttle time, one result; its name starts behind these.
  let at = 4 + 1 + 4 + 1;
  const text = (): string => {
    const size = (answer[at] ?? 1) - 1; // below 127, or it would take another byte
    const start = at + 1;
    at = start + Math.max(0, size);
    return answer.toString('utf8', start, at);
  };
  text();
  const code = answer.readInt16BE(at);
  at += 2;
  return { code, message: text() };
}

function ask(host: string, port: number, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const chunks: Buffer[] = [];
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`No answer from ${host}:${port}`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`${host}:${port} closed the connection`)));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 4 || all.length < 4 + all.readInt32BE(0)) return;
      resolve(all.subarray(4));
      socket.destroy();
    });
    socket.write(request);
  });
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** A length of the compact forms: one more than it is, seven bits a byte, the lowest first. */
function length(size: number): Buffer {
  const bytes: number[] = [];
  let rest = size + 1;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}

const compact = (content: Buffer): Buffer => Buffer.concat([length(content.length), content]);
