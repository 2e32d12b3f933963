import { afterAll, beforeAll } from '@jest/globals';
import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { baseConfig, tenantsConfig } from '../service/base-config.js';
import { defineConfig, type ConfigOf } from '../service/config.js';
import { createApp } from '../service/create-app.js';
import type { RunningService, ServiceDefinition } from '../service/definition.js';
import { port } from '../service/settings.js';
import { keyOf, tenantsFile } from '../service/tenants-file.fixture.js';
import { Fault, notFound, respond } from './problem.js';
import { BodyLimit, Caller, HotPath, Public, RawBody, Scope } from './route.js';
import { currentTrace } from './trace.js';
import { IsAmount, IsAssetCode, IsCurrency } from './validators.js';

class Line {
  @IsAmount() amount!: bigint;
  @IsAssetCode() asset!: string;
}
class TransferBody {
  @IsAmount() amount!: bigint;
  @IsCurrency() currency!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class ListQuery {
  @IsOptional() @IsString() cursor?: string;
}
type Spend =
  | { accepted: true; left: bigint }
  | { accepted: false; refusal: { code: 'no-funds'; shortBy: bigint; status: string } };
const problems = { 'no-funds': { status: 409, title: 'No funds' } };

@Controller('v1')
class ExampleController {
  @Post('transfers')
  @HttpCode(200)
  @Scope('transfers:write')
  create(@Body() body: TransferBody, @Caller() caller: Caller) {
    return { double: body.amount * 2n, lines: body.lines.map(({ amount }) => typeof amount), caller };
  }
  @Get('transfers')
  @Public()
  list(@Query() query: ListQuery) {
    return { query };
  }
  @Post('any')
  @Public()
  any(@Body() body: unknown) {
    return { body: body ?? 'none' };
  }
  @Post('optional')
  @Public()
  optional(@Body() body: ListQuery) {
    return { body };
  }
  @Post('raw')
  @Public()
  @BodyLimit(2_000_000)
  raw(@RawBody() bytes: Buffer) {
    return { length: bytes.length, start: bytes.subarray(0, 8).toString('hex') };
  }
  @Get('trace')
  @Public()
  async trace() {
    await Promise.resolve();
    return currentTrace();
  }
  @Get('hot')
  @Public()
  @HotPath()
  hot() {
    if (currentTrace() !== undefined) throw new Error('the hot path has an ambient trace');
    throw notFound();
  }
  @Post('spend')
  @Public()
  spend(@Body() { amount }: Line) {
    const refusal = { code: 'no-funds', shortBy: amount, status: 'spent' } as const;
    const outcome: Spend = amount === 0n ? { accepted: true, left: 1n } : { accepted: false, refusal };
    return respond(outcome, problems, ({ left }) => ({ left }));
  }
  @Delete('fault')
  @Public()
  fault() {
    throw new Fault('ledger-away', 'connect ECONNREFUSED 10.0.0.1', 7);
  }
  @Delete('bug')
  @Public()
  bug() {
    throw new Error('secret detail');
  }
}

const config = defineConfig({
  ...baseConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 0),
  managementPort: port('MANAGEMENT_PORT', 0),
});
const service: ServiceDefinition<ConfigOf<typeof config>> = {
  name: 'example',
  config,
  roles: { http: { http: true, module: () => ({ controllers: [ExampleController] }) } },
  problemShape: (problem, { url }) =>
    url.startsWith('/v1/') ? problem : { ...problem, errorCode: 'NOT_FOUND' },
};

/** The keys of the example: t1 may write, t2 may not, and a service that may for any tenant. */
export const keys = [
  keyOf('t1', ['transfers:write']),
  keyOf('t2', ['transfers:read']),
  keyOf('svc_a', ['transfers:write']),
];

/** The running example; `useExample` fills it for the length of a test file. */
export const example = { settings: '', url: '', managementUrl: '' };

/** Runs the example service, as production would, for the tests of this file. */
export function useExample(): void {
  let running: RunningService;
  beforeAll(async () => {
    example.settings = await tenantsFile(keys);
    const env = {
      TENANTS_FILE: example.settings,
      LOG_LEVEL: 'silent',
      CORS_ORIGINS: 'https://console.example',
    };
    running = await createApp(service, ['http'], env);
    Object.assign(example, { url: running.url, managementUrl: running.managementUrl });
  });
  afterAll(() => running.stop());
}

export interface Sent {
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}
/** Sends a request, JSON unless its headers say otherwise. */
export async function send(path: string, { method = 'POST', body, token, headers = {} }: Sent = {}) {
  const response = await fetch(`${example.url}${path}`, {
    method,
    ...(body !== undefined && { body: Buffer.from(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    body: text === '' ? {} : (JSON.parse(text) as object),
    headers: response.headers,
  };
}
