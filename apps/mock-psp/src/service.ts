import type { ModuleMetadata } from '@nestjs/common';
import type { ServiceDefinition } from '@defter/platform';
import { Bookkeeper } from './bookkeeper.js';
import { type Config, config } from './config.js';
import { Connections } from './connections.js';
import { AnswerPlayer } from './operations/answer-player.js';
import { HeldAnswers } from './operations/held-answers.js';
import { OperationsController } from './operations/operations.controller.js';
import { Operations } from './operations/operations.handler.js';
import { RehearsalController } from './rehearsal/rehearsal.controller.js';
import { ReportFaults } from './rehearsal/report-faults.handler.js';
import { SettlementsController } from './settlements/settlements.controller.js';
import { Settlements } from './settlements/settlements.read.js';
import { WebhookCourier } from './webhooks/webhook-courier.js';
import { Webhooks } from './webhooks/webhooks.js';

const http = ({ testEndpoints }: Config): ModuleMetadata => ({
  controllers: [OperationsController, SettlementsController, ...(testEndpoints ? [RehearsalController] : [])],
  providers: [
    ...[Bookkeeper, Connections, Operations, AnswerPlayer, HeldAnswers],
    ...[WebhookCourier, Webhooks, Settlements, ReportFaults],
  ],
});

/** A payment provider to develop and test against. */
export const service: ServiceDefinition<Config> = {
  name: 'mock-psp',
  config,
  roles: { http: { http: true, module: http } },
};
