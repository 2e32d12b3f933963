import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { isId } from '@defter/kernel';
import {
  Caller,
  decodeCursor,
  encodeCursor,
  Idempotent,
  page,
  parsePageSize,
  respond,
  Scope,
} from '@defter/platform';
import { ChangeEndpoints } from './change-endpoints.handler.js';
import { endpointProblems } from './endpoint.problems.js';
import {
  ChangeEndpointBody,
  CreateEndpointBody,
  ListEndpointsQuery,
  overlapMs,
  RotateSecretBody,
  toChange,
  toEndpointView,
  toSecretView,
  toWish,
} from './endpoint.wire.js';
import { Endpoints } from './endpoints.read.js';
import { expectNoBody } from '../no-body.js';
import { Secrets } from './secrets.handler.js';
import { ShowSecret } from './show-secret.js';

const LIST = 'webhook_endpoints';

@Controller('v1/webhook_endpoints')
@UseInterceptors(ShowSecret)
export class EndpointController {
  constructor(
    private readonly endpoints: Endpoints,
    private readonly changing: ChangeEndpoints,
    private readonly secrets: Secrets,
  ) {}

  @Post()
  @Scope('webhook_endpoints:write')
  @Idempotent()
  async create(@Body() body: CreateEndpointBody, @Caller() { tenantId }: Caller) {
    const made = await this.changing.create(tenantId, toWish(body), body.enabled ?? true);
    const id = respond(made, endpointProblems, (endpoint) => endpoint.id);
    const wish = { scheme: body.scheme ?? 'v1', text: body.secret, overlapMs: 0 } as const;
    const added = await this.secrets.add(tenantId, id, wish);
    return {
      ...(await this.view(tenantId, id)),
      secret: respond(added, endpointProblems, ({ shown }) => shown),
    };
  }

  @Get()
  @Scope('webhook_endpoints:read')
  async list(@Query() query: ListEndpointsQuery, @Caller() { tenantId }: Caller) {
    const size = parsePageSize(query.page_size, 15, 100, 'page_size');
    const before = query.cursor === undefined ? undefined : decodeCursor(LIST, query.cursor, toEndpointId);
    const rows = await this.endpoints.list(tenantId, before, size + 1);
    const ids = rows.map(({ id }) => id);
    const secrets = await this.endpoints.secretsOf(tenantId, ids);
    return page(rows, size, {
      of: (row) => toEndpointView(row, secrets),
      cursorAfter: ({ id }) => encodeCursor(LIST, id),
    });
  }

  @Get(':id')
  @Scope('webhook_endpoints:read')
  get(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    return this.view(tenantId, id);
  }

  @Patch(':id')
  @Scope('webhook_endpoints:write')
  async change(@Param('id') id: string, @Body() body: ChangeEndpointBody, @Caller() { tenantId }: Caller) {
    const changed = await this.changing.change(tenantId, id, toChange(body));
    return this.view(
      tenantId,
      respond(changed, endpointProblems, (endpoint) => endpoint.id),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('webhook_endpoints:write')
  async delete(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    await this.changing.delete(tenantId, id);
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Scope('webhook_endpoints:write')
  @Idempotent()
  async enable(@Param('id') id: string, @Body() body: unknown, @Caller() { tenantId }: Caller) {
    expectNoBody(body);
    const enabled = await this.changing.enable(tenantId, id);
    return this.view(
      tenantId,
      respond(enabled, endpointProblems, (endpoint) => endpoint.id),
    );
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Scope('webhook_endpoints:write')
  @Idempotent()
  async disable(@Param('id') id: string, @Body() body: unknown, @Caller() { tenantId }: Caller) {
    expectNoBody(body);
    await this.changing.disable(tenantId, id);
    return this.view(tenantId, id);
  }

  @Get(':id/secrets')
  @Scope('webhook_endpoints:read')
  async listSecrets(@Param('id') id: string, @Caller() { tenantId }: Caller) {
    const endpoint = await this.endpoints.get(tenantId, id);
    return { data: (await this.endpoints.secretsOf(tenantId, [endpoint.id])).map(toSecretView) };
  }

  @Post(':id/secrets')
  @Scope('webhook_endpoints:write')
  @Idempotent()
  async rotate(@Param('id') id: string, @Body() body: RotateSecretBody, @Caller() { tenantId }: Caller) {
    await this.endpoints.get(tenantId, id);
    const wish = { scheme: body.scheme ?? 'v1', text: body.secret, overlapMs: overlapMs(body) } as const;
    const added = await this.secrets.add(tenantId, id, wish);
    return {
      ...(await this.view(tenantId, id)),
      secret: respond(added, endpointProblems, ({ shown }) => shown),
    };
  }

  private async view(tenantId: string, id: string) {
    const endpoint = await this.endpoints.get(tenantId, id);
    return toEndpointView(endpoint, await this.endpoints.secretsOf(tenantId, [id]));
  }
}

function toEndpointId(place: unknown): string {
  if (typeof place !== 'string' || !isId('whe', place)) throw new Error('not an endpoint id');
  return place;
}
