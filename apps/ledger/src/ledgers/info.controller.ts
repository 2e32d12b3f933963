import { Controller, Get } from '@nestjs/common';
import { Metrics, Public, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';

const INFO = { server: 'defter', version: 'v2' } as const;

/** Older callers read the members under `data`, the published client beside it. */
const info = () => ({ ...INFO, data: INFO });

/** Who answers here, under every path at which callers ask. */
@Controller()
export class InfoController {
  constructor(private readonly metrics: Metrics) {}

  @Get(['v2/_info', 'api/ledger/v2/_info', 'api/ledger/_info', 'api/ledger/_/info'])
  @Public()
  info() {
    return info();
  }

  /** The ledger's own metrics of this replica, by name; the management port has all of them. */
  @Get(['v2/_metrics', 'api/ledger/v2/_metrics', 'api/ledger/_metrics', 'api/ledger/_/metrics'])
  @Scope('ledger:read')
  async read(@Request() request: LedgerRequest) {
    request.query();
    const all = await this.metrics.registry.getMetricsAsJSON();
    const own = all.filter(({ name }) => name.startsWith('defter_ledger_'));
    return Object.fromEntries(own.map(({ name, help, type, values }) => [name, { help, type, values }]));
  }
}
