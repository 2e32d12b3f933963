import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Injectable, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import { Caller, Public, RawBody, Scope } from '../http/route.js';
import { IsAmount } from '../http/validators.js';
import { baseConfig, tenantsConfig } from './base-config.js';
import { defineConfig, type ConfigOf } from './config.js';
import { createApp } from './create-app.js';
import type { RunningService, ServiceDefinition } from './definition.js';
import { port } from './settings.js';

class Line {
  @IsAmount() amount!: bigint;
}
class TransferBody {
  @IsString() to!: string;
  @IsAmount() amount!: bigint;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}

@Controller('v1')
class TransferController {
  @Post('transfers')
  @Scope('transfers:write')
  create(@Body() body: TransferBody, @Caller() caller: Caller) {
    return { double: body.amount * 2n, to: body.to, caller };
  }
  @Post('any')
  @Public()
  any(@Body() body: unknown) {
    return { body };
  }
  @Post('raw')
  @Public()
  raw(@RawBody() bytes: Buffer) {
    return { hex: bytes.toString('hex') };
  }
  @Get('bug')
  @Public()
  bug() {
    throw new Error('secret detail');
  }
}
@Injectable()
class Greeting {
  text = 'production';
}

const config = defineConfig({ ...baseConfig, ...tenantsConfig, httpPort: port('HTTP_PORT', 0), managementPort: port('MANAGEMENT_PORT', 0) });
const service: ServiceDefinition<ConfigOf<typeof config>> = {
  name: 'example',
  config,
  roles: { http: { http: true, module: () => ({ controllers: [TransferController], providers: [Greeting] }) } },
};

const digest = (token: string) => createHash('sha256').update(token).digest('hex');
const keys = [{ id: 'k1', kind: 'machine', actor: 'demo', tokenSha256: digest('dk_1'), scopes: ['transfers:write'] }];
let folder: string;
let running: RunningService;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'defter-'));
  await writeFile(join(folder, 'tenants.json'), JSON.stringify({ services: [], tenants: [{ id: 't1', keys }] }));
  const env = { TENANTS_FILE: join(folder, 'tenants.json'), LOG_LEVEL: 'silent' };
  running = await createApp(service, ['http'], env, { providers: [{ provide: Greeting, useValue: { text: 'test' } }] });
});
afterAll(async () => {
  await running.stop();
  await rm(folder, { recursive: true });
});

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${running.url}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const authorization = 'Bearer dk_1';

describe('the production server', () => {
  it('answers', async () => {
    const response = await post('/v1/transfers', '{"to":"a","amount":90071992547409931234,"lines":[]}', { authorization });
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 201, text: expect.stringContaining('"double":180143985094819862468') });
    expect(running.get(Greeting).text).toBe('test');
  });
  it('says 401, 403, 404, 400', async () => {
    for (const [path, body, headers] of [
      ['/v1/transfers', '{', {}], ['/v1/transfers', '{', { authorization: 'Bearer dk_2' }], ['/nope', '{', {}], ['/v1/any', '{"a":1,"a":1}', {}],
      ['/v1/transfers', '{"to":1,"amount":1.5,"x":1,"lines":[{"amount":-1}]}', { authorization }], ['/v1/raw', 'x', { 'content-type': 'foo' }],
    ] as const) {
      const response = await post(path, body, headers as Record<string,string>);
      console.log(response.status, await response.text());
    }
    console.log(await (await fetch(running.managementUrl + '/readyz')).text(), await (await fetch(`${running.url}/v1/bug`)).text());
    console.log((await (await fetch(running.managementUrl + '/metrics')).text()).slice(-900));
  });
});
