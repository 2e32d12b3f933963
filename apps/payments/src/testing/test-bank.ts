import { createServer, type Server } from 'node:http';

/** What the payer decided, and on the page of which operation. */
export interface BankDecision {
  readonly operationId: string;
  readonly approved: boolean;
}

/** The page of a bank that asks the payer to confirm, and sends the browser back. */
export class TestBank {
  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  /** `decided` ends before the browser is sent back. */
  static async start(decided: (decision: BankDecision) => Promise<void> | void): Promise<TestBank> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://bank');
      const asked = Object.fromEntries(url.searchParams);
      if (url.pathname === '/shop') return void response.end('<h1>The shop</h1>');
      if (asked['decision'] === undefined) {
        response.setHeader('content-type', 'text/html');
        const link = (decision: string) =>
          `<a href="${url.pathname}${url.search}&decision=${decision}">${decision}</a>`;
        return void response.end(`<h1>Bank</h1>${link('approve')} ${link('decline')}`);
      }
      const decision = { operationId: asked['operation'] ?? '', approved: asked['decision'] === 'approve' };
      void Promise.resolve(decided(decision)).then(() => {
        response.writeHead(303, { location: asked['return'] });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new TestBank(server, `http://127.0.0.1:${address.port}`);
  }

  challengeUrl(operationId: string, returnUrl: string): string {
    return `${this.origin}/challenge?operation=${operationId}&return=${encodeURIComponent(returnUrl)}`;
  }

  /** A page for browsers to come back to. */
  get shopUrl(): string {
    return `${this.origin}/shop`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
