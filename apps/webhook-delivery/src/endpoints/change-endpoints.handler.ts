import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { CONFIG, Database, notFound, type Transaction } from '@defter/platform';
import { headerRefusal } from '@defter/webhooks-domain';
import type { Config } from '../config.js';
import { Sealing } from '../sealing.js';
import { EndpointUrls } from '../endpoint-urls.js';
import { type EndpointWish, headersPlace } from './endpoint.js';
import type { EndpointRefusal } from './endpoint.problems.js';
import {
  deleteEndpoint,
  disableEndpoint,
  enableEndpoint,
  type EndpointRow,
  insertEndpoint,
  lockEndpoint,
  updateEndpoint,
} from './endpoint-row.js';

export type EndpointOutcome =
  | { readonly accepted: true; readonly id: string }
  | { readonly accepted: false; readonly refusal: EndpointRefusal };

/** Makes, changes and removes endpoints. Each method joins the transaction at hand, if there is one. */
@Injectable()
export class ChangeEndpoints {
  constructor(
    private readonly database: Database,
    private readonly urls: EndpointUrls,
    private readonly sealing: Sealing,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  create(tenantId: string, wish: EndpointWish, enabled: boolean): Promise<EndpointOutcome> {
    return this.database.transaction(async (tx) => {
      const refusal = this.refusal(wish) ?? (await this.countRefusal(tx, tenantId));
      if (refusal !== undefined) return { accepted: false, refusal };
      const id = newId('whe');
      await insertEndpoint(
        tx,
        tenantId,
        { ...wish, id, ...this.sealed(tenantId, id, wish.headers) },
        enabled,
      );
      return { accepted: true, id };
    });
  }

  change(tenantId: string, id: string, change: Partial<EndpointWish>): Promise<EndpointOutcome> {
    return this.locked(tenantId, id, async (tx, row) => {
      const refusal = this.refusal(change);
      if (refusal !== undefined) return { accepted: false, refusal };
      const { headers, ...rest } = change;
      const sealed = headers === undefined ? {} : this.sealed(tenantId, id, headers);
      await updateEndpoint(tx, tenantId, { ...row, ...rest, ...sealed });
      return { accepted: true, id };
    });
  }

  enable(tenantId: string, id: string): Promise<EndpointOutcome> {
    return this.locked(tenantId, id, async (tx, { url }) => {
      // What is allowed may have changed since.
      const refusal = this.refusal({ url });
      if (refusal !== undefined) return { accepted: false, refusal };
      await enableEndpoint(tx, tenantId, id);
      tx.signal('deliveries');
      return { accepted: true, id };
    });
  }

  async disable(tenantId: string, id: string): Promise<void> {
    await this.locked(tenantId, id, (tx) => disableEndpoint(tx, tenantId, id));
  }

  async delete(tenantId: string, id: string): Promise<void> {
    await this.locked(tenantId, id, (tx) => deleteEndpoint(tx, tenantId, id));
  }

  private locked<T>(
    tenantId: string,
    id: string,
    work: (tx: Transaction, row: EndpointRow) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction(async (tx) => {
      const row = await lockEndpoint(tx, tenantId, id);
      if (row === undefined) throw notFound();
      return work(tx, row);
    });
  }

  private refusal({ url, headers = {} }: Partial<EndpointWish>): EndpointRefusal | undefined {
    const reason = url === undefined ? undefined : this.urls.refusal(url);
    if (reason !== undefined) return { code: 'endpoint-url-refused', reason };
    for (const [header, value] of Object.entries(headers)) {
      const wrong = headerRefusal(header.toLowerCase(), value);
      if (wrong !== undefined) return { code: 'endpoint-header-refused', header, reason: wrong };
    }
    return undefined;
  }

  private async countRefusal(tx: Transaction, tenantId: string): Promise<EndpointRefusal | undefined> {
    const { endpointLimit: limit } = this.config;
    const [row] = await tx.query<{ full: boolean }>(
      `select count(*) >= $2 as full from webhook_endpoint where tenant_id = $1 and status <> 'deleted'`,
      [tenantId, limit],
    );
    return row?.full === true ? { code: 'too-many-endpoints', limit } : undefined;
  }

  private sealed(
    tenantId: string,
    id: string,
    headers: Readonly<Record<string, string>>,
  ): Pick<EndpointRow, 'headerNames' | 'headersSealed'> {
    const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    const text = JSON.stringify(Object.fromEntries(entries));
    return {
      headerNames: entries.map(([name]) => name).sort(),
      headersSealed: this.sealing.seal(headersPlace(tenantId, id), text),
    };
  }
}
