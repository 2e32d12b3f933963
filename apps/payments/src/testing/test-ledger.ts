import { json } from 'node:stream/consumers';
import { createServer, type Server as HttpServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import {
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  type BalanceReply,
  type CreateTransactionRequest,
  type GetBalanceRequest,
  type HoldReply,
  LEDGER_PROTO,
  type PostHoldRequest,
  type TransactionReply,
} from '@defter/ledger-contracts';

/**
 * How the ledger treats the next commands: as it should, dying before or after the work, or not at all; or it
 * doesn't answer who wants to open one; or somebody has used every key for something else.
 */
export type Mood =
  | 'well'
  | 'dies before holding'
  | 'dies after holding'
  | 'says nothing'
  | 'opens nothing'
  | 'has the key of something else'
  | 'is behind a proxy that finds nothing';

/**
 * The part of the ledger that payments calls, over real gRPC and HTTP: holds by idempotency key with sticky
 * refusals.
 * End-to-end tests use the real one; here its moods are what is tested.
 */
export class TestLedger {
  mood: Mood = 'well';
  /** What each wallet has left, by address; a wallet that isn't here has plenty. */
  readonly available = new Map<string, bigint>();
  readonly holds = new Map<string, CreateTransactionRequest>();
  readonly opened: string[] = [];
  /** What accounts may be negative, as those who opened the ledger said. */
  readonly mayOverdraw = new Set<string>();
  asked = 0;
  askedToOpen = 0;
  readonly balancesAsked: string[] = [];
  /** Keys that somebody has used for something else. */
  readonly usedKeys = new Set<string>();
  /** What its list of transactions shows, by reference. */
  readonly transactions = new Map<string, object>();
  refusals: 'sticky' | 'retryable' = 'sticky';
  /** Whether a refusal says who lacks what; a ledger of before doesn't. */
  tellsFigures = true;
  private readonly outcomes = new Map<string, 'held' | Shortage>();

  private constructor(
    private readonly grpc: Server,
    private readonly http: HttpServer,
    readonly grpcUrl: string,
    readonly url: string,
  ) {}

  static async start(): Promise<TestLedger> {
    const grpc = new Server();
    const http = createServer((request, response) => {
      const url = request.url ?? '';
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-type': 'application/json' });
        return void response.end(JSON.stringify(ledger.read(new URL(url, 'http://ledger'))));
      }
      ledger.askedToOpen++;
      if (ledger.mood === 'opens nothing') return;
      const isNew = url.endsWith('/account-types') || !ledger.opened.includes(url);
      ledger.opened.push(url);
      void json(request).then((rules) => {
        if (isNew) ledger.allow(rules as Rules);
        response.writeHead(isNew ? 204 : 400, { 'content-type': 'application/json' });
        response.end(isNew ? undefined : JSON.stringify({ errorCode: 'LEDGER_ALREADY_EXISTS' }));
      });
    });
    const { directory, file, package: name, service } = LEDGER_PROTO;
    const options = { includeDirs: [fileURLToPath(directory)], longs: String, defaults: true };
    const definition = loadSync(file, options)[`${name}.${service}`];
    if (definition === undefined || 'format' in definition) throw new Error('no service');
    grpc.addService(definition, {
      CreateTransaction: (call: Call, answer: sendUnaryData<TransactionReply>) =>
        ledger.create(call.request, answer),
      PostHold: (call: EndCall, answer: sendUnaryData<HoldReply>) => ledger.end(call.request, answer),
      VoidHold: (call: EndCall, answer: sendUnaryData<HoldReply>) => ledger.end(call.request, answer),
      GetBalance: (
        call: ServerUnaryCall<GetBalanceRequest, BalanceReply>,
        answer: sendUnaryData<BalanceReply>,
      ) => ledger.balanceOf(call.request, answer),
    });
    const port = await new Promise<number>((resolve, reject) => {
      grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const address = http.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const ledger = new TestLedger(grpc, http, `127.0.0.1:${port}`, `http://127.0.0.1:${address.port}`);
    return ledger;
  }

  async stop(): Promise<void> {
    this.grpc.forceShutdown();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private balanceOf({ account }: GetBalanceRequest, answer: sendUnaryData<BalanceReply>): void {
    this.balancesAsked.push(account);
    if (this.mood !== 'well') return answer(died());
    const available = String(this.available.get(account) ?? PLENTY);
    answer(null, { posted: available, pendingOut: '0', pendingIn: '0', available, sequence: '1' });
  }

  private create(request: CreateTransactionRequest, answer: sendUnaryData<TransactionReply>): void {
    this.asked++;
    if (this.mood === 'says nothing') return;
    if (this.mood === 'dies before holding') return answer(died());
    if (this.mood === 'is behind a proxy that finds nothing') return answer(notFound());
    if (this.isUsed(request.idempotencyKey)) return answer(conflict());
    const outcome = this.outcomes.get(request.idempotencyKey) ?? this.decide(request);
    this.outcomes.set(request.idempotencyKey, outcome);
    if (this.mood === 'dies after holding') return answer(died());
    if (outcome !== 'held') return answer(insufficient(this.tellsFigures ? outcome : undefined));
    answer(null, { transactionId: '1', sequence: '1', status: 'pending', idempotencyHit: false });
  }

  private isUsed(key: string): boolean {
    return this.mood === 'has the key of something else' || this.usedKeys.has(key);
  }

  private end({ idempotencyKey }: PostHoldRequest, answer: sendUnaryData<HoldReply>): void {
    this.asked++;
    if (this.isUsed(idempotencyKey)) return answer(conflict());
    answer(null, { transactionId: '1', sequence: '1', idempotencyHit: false });
  }

  private read({ pathname, searchParams }: URL): object {
    if (pathname.endsWith('/_settings')) return { data: { refusals: this.refusals } };
    const found = this.transactions.get(searchParams.get('reference') ?? '');
    return { cursor: { data: found === undefined ? [] : [found] } };
  }

  private allow({ accountTypes = [] }: Rules): void {
    for (const { pattern, mayOverdraw } of accountTypes) if (mayOverdraw) this.mayOverdraw.add(pattern);
  }

  /** Whether who pays it has it; nothing is booked. */
  lacks(postings: CreateTransactionRequest['postings']): boolean {
    return 'needed' in this.rest(postings);
  }

  private decide(request: CreateTransactionRequest): 'held' | Shortage {
    const left = this.rest(request.postings);
    if ('needed' in left) return left;
    for (const [account, rest] of left) this.available.set(account, rest);
    this.holds.set(request.idempotencyKey, request);
    return 'held';
  }

  private rest(postings: CreateTransactionRequest['postings']): ReadonlyMap<string, bigint> | Shortage {
    const left = new Map(this.available);
    const patterns = [...this.mayOverdraw].map((one) => new RegExp(`^${one.replaceAll('*', '[^:]*')}`));
    for (const { source, amount } of postings) {
      const said = left.get(source);
      // What a test sets is the limit.
      if (said === undefined && patterns.some((pattern) => pattern.test(source))) continue;
      // Nobody pays in to a debt.
      const available = said ?? (source.endsWith(':debt') ? 0n : PLENTY);
      const rest = available - BigInt(amount);
      if (rest < 0n) return { account: source, available, needed: BigInt(amount) };
      left.set(source, rest);
    }
    return left;
  }
}

interface Rules {
  readonly accountTypes?: readonly { readonly pattern: string; readonly mayOverdraw: boolean }[];
}

/** What a wallet has that nobody set. */
const PLENTY = 10n ** 30n;

interface Shortage {
  readonly account: string;
  readonly needed: bigint;
  readonly available: bigint;
}

type Call = ServerUnaryCall<CreateTransactionRequest, TransactionReply>;
type EndCall = ServerUnaryCall<PostHoldRequest, HoldReply>;

const died = () => ({ code: status.UNAVAILABLE, details: 'connection lost', metadata: new Metadata() });

/** As a proxy says it, without a word of the ledger. */
const notFound = () => ({ code: status.NOT_FOUND, details: 'no route', metadata: new Metadata() });

const conflict = () => {
  const metadata = new Metadata();
  metadata.set('defter-code', 'idempotency-key-conflict');
  return { code: status.ALREADY_EXISTS, details: 'The idempotency key was used with another body', metadata };
};

const insufficient = (shortage: Shortage | undefined) => {
  const metadata = new Metadata();
  metadata.set('defter-code', 'insufficient-funds');
  for (const [name, value] of Object.entries(shortage === undefined ? {} : { ...shortage, asset: 'TRY/2' }))
    metadata.set(`defter-${name}`, String(value));
  return { code: status.FAILED_PRECONDITION, details: 'funds', metadata };
};
