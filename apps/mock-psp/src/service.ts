import type { ModuleMetadata } from '@nestjs/common';
import type { ServiceDefinition } from '@defter/platform';
import { Bookkeeper } from './book/bookkeeper.js';
import { type Config, config } from './config.js';
import { Connections } from './connections/connections.js';
import { AnswerPlayer } from './operations/answer-player.js';
import { HeldAnswers } from './operations/held-answers.js';
import { OperationsController } from './operations/operations.controller.js';
import { Operations } from './operations/operations.handler.js';
import { RehearsalController } from './rehearsal/rehearsal.controller.js';
import { SettlementsController } from './settlements/settlements.controller.js';
import { Settlements } from './settlements/settlements.read.js';
import { WebhookCourier } from './webhooks/webhook-courier.js';
import { WebhookSender } from './webhooks/webhook-sender.js';

const http = ({ testEndpoints }: Config): ModuleMetadata => ({
  controllers: [OperationsController, SettlementsController, ...(testEndpoints ? [RehearsalController] : [])],
  providers: [
    ...[Bookkeeper, Connections, Operations, AnswerPlayer, HeldAnswers],
    ...[WebhookCourier, WebhookSender, Settlements],
  ],
});

/** A payment provider to develop and test against. */
export const service: ServiceDefinition<Config> = {
  name: 'mock-psp',
  config,
  roles: { http: { http: true, module: http } },
};
