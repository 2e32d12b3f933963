import type { Type } from '@nestjs/common';
import type { LedgerConfig } from '../config.js';
import { service } from '../service.js';
import { openApiOf } from './document.js';
import { API_VERSION } from './openapi.controller.js';
import { routesOf } from './routes.js';

/** The file docs/reference/ledger-openapi.json, from the controllers that the service runs. */
export const documentText = (): string => {
  const { controllers = [] } = service.roles['http']?.module({} as LedgerConfig) ?? {};
  return `${JSON.stringify(openApiOf(routesOf(controllers as Type[]), API_VERSION), undefined, 2)}\n`;
};
