import { Controller, Get, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Public, RawJson } from '@defter/platform';
import { openApiOf } from './document.js';
import { routesOf } from './routes.js';

/** The version of the API, which is not that of the program. */
export const API_VERSION = '2.0.0';

/** The OpenAPI document of the routes of this process. */
@Controller(['v2/_openapi.json', 'api/ledger/v2/_openapi.json'])
export class OpenApiController {
  private document: RawJson | undefined;

  constructor(private readonly modules: ModulesContainer) {}

  @Get()
  @Public()
  read(): RawJson {
    this.document ??= new RawJson(JSON.stringify(openApiOf(routesOf(this.controllers()), API_VERSION)));
    return this.document;
  }

  private controllers(): Type[] {
    const all = [...this.modules.values()].flatMap((module) => [...module.controllers.values()]);
    return all.flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype as Type] : []));
  }
}
