/** Verifying a test ledger, and changing its rows as a superuser would. */
import { createLogger, Database } from '@defter/platform';
import type { TestLedger } from '../../ledger.fixture.js';
import { CheckpointKeys } from '../checkpoint-keys.js';
import type { CheckpointRow } from '../checkpoint.read.js';
import type { Finding } from './findings.js';
import { beginVerification, type Summary } from './verify-ledger.js';

export interface Verified {
  readonly summary: Summary;
  readonly findings: readonly Finding[];
}

/** The administrator's view of a test ledger's database. */
export class Superuser {
  readonly database: Database;

  constructor(private readonly ledger: TestLedger) {
    const logger = createLogger('test', 'silent');
    this.database = new Database({ url: ledger.database.adminUrl, name: 'superuser', logger, poolSize: 2 });
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** Runs SQL in which `$1` stands for the ledger's number. */
  async spoil(name: string, sql: string): Promise<void> {
    await this.database.query(sql.replaceAll('$1', `${await this.idOf(name)}`));
  }

  async idOf(name: string): Promise<number> {
    const sql = 'select ledger_id as "ledgerId" from ledger where name = $1';
    const [row] = await this.database.query<{ ledgerId: number }>(sql, [name]);
    return row?.ledgerId ?? 0;
  }

  /** Verifies as the service would: with its role and its keys. */
  async verify(name: string, held?: CheckpointRow): Promise<Verified> {
    const [replica] = this.ledger.replicas;
    if (replica === undefined) throw new Error('The test ledger has no replica');
    const keys = replica.get(CheckpointKeys);
    const findings: Finding[] = [];
    const verification = await beginVerification(this.ledger.database.database, {
      tenantId: 't_one',
      ledger: name,
      installation: keys.installation,
      keys: keys.all,
      ...(held === undefined ? {} : { held }),
      onFinding: (finding) => findings.push(finding),
      onProgress: () => undefined,
    });
    return { summary: await verification.run(), findings };
  }
}
