import type { ModuleMetadata } from '@nestjs/common';
import { HealthController, type ServiceDefinition } from '@defter/platform';
import { Bookkeeper } from './bookkeeper.js';
import { ChallengesController } from './challenges/challenges.controller.js';
import { Challenges } from './challenges/challenges.handler.js';
import { BookClock } from './book-clock.js';
import { ClockController } from './clock/clock.controller.js';
import { SetClock } from './clock/set-clock.handler.js';
import { type Config, config } from './config.js';
import { Connections } from './connections.js';
import { EventsController } from './disputes/events.controller.js';
import { ProviderEvents } from './disputes/provider-events.handler.js';
import { AnswerPlayer } from './operations/answer-player.js';
import { ChallengeAddress } from './operations/challenge-address.js';
import { HeldAnswers } from './operations/held-answers.js';
import { OperationsController } from './operations/operations.controller.js';
import { Operations } from './operations/operations.handler.js';
import { RehearsalController } from './rehearsal/rehearsal.controller.js';
import { ReportFaults } from './rehearsal/report-faults.handler.js';
import { SettlementsController } from './settlements/settlements.controller.js';
import { Settlements } from './settlements/settlements.read.js';
import { StatementsController } from './statements/statements.controller.js';
import { Statements } from './statements/statements.read.js';
import { WebhookCourier } from './webhooks/webhook-courier.js';
import { Webhooks } from './webhooks/webhooks.js';

const http = ({ testEndpoints }: Config): ModuleMetadata => ({
  controllers: [
    HealthController,
    ...[OperationsController, ChallengesController, SettlementsController, StatementsController],
    ...(testEndpoints ? [RehearsalController, ClockController, EventsController] : []),
  ],
  providers: [
    ...[Bookkeeper, BookClock, Connections, Operations, AnswerPlayer, HeldAnswers, ChallengeAddress],
    ...[WebhookCourier, Webhooks, Challenges, Settlements, Statements],
    ...[ReportFaults, SetClock, ProviderEvents],
  ],
});

/** A payment provider to develop and test against. */
export const service: ServiceDefinition<Config> = {
  name: 'mock-psp',
  config,
  roles: { http: { http: true, module: http } },
};
