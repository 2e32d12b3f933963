import { LedgerTopics } from '@defter/ledger-contracts';
import { PaymentsTopics } from '@defter/payments-contracts';
import { outboxRelay, type ServiceDefinition } from '@defter/platform';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { OnLedgerEventConsumer } from './bookings/on-ledger-event.consumer.js';
import { OnLedgerRefusalConsumer } from './bookings/on-ledger-refusal.consumer.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutExpiry } from './checkout/checkout-expiry.job.js';
import { CheckoutForms } from './checkout/checkout-forms.js';
import { CheckoutPageController } from './checkout/checkout-page.controller.js';
import { CheckoutPages } from './checkout/checkout-pages.js';
import { config, type PaymentsConfig } from './config.js';
import { CrashPoints } from './crash-point.js';
import { HealthController } from './health/health.controller.js';
import { CreateIntent } from './intents/create-intent.handler.js';
import { IntentController } from './intents/intent.controller.js';
import { Intents } from './intents/intents.js';
import { LedgerClient } from './ledger-client.js';
import { LedgerOpening } from './ledger-opening.js';
import { Observations } from './observations.js';
import { OperationAlarms } from './operation-alarms.js';
import { OperationCall } from './operations/operation-call.js';
import { OperationQueue } from './operations/operation-queue.js';
import { OperationReports } from './operations/operation-reports.js';
import { OperationRunner } from './operations/operation-runner.job.js';
import { Outbound } from './operations/outbound.js';
import { OpenCheckout } from './open-checkout.handler.js';
import { PayCheckout } from './pay-checkout.handler.js';
import { ChangePayout } from './payouts/change-payout.handler.js';
import { PayoutClaims } from './payouts/payout-claims.js';
import { PayoutAnswers } from './payouts/payout-answers.js';
import { PayoutController } from './payouts/payout.controller.js';
import { Payouts } from './payouts/payouts.js';
import { RequestPayoutController } from './payouts/request-payout.controller.js';
import { RequestPayout } from './payouts/request-payout.handler.js';
import { Reservation } from './payouts/reservation.js';
import { ReviewPayoutController } from './payouts/review-payout.controller.js';
import { ReservationSweeper } from './payouts/reservation-sweeper.job.js';
import { Pollings } from './pollings.js';
import { Providers } from './providers.js';
import { RefusedBookings } from './refused-bookings.js';
import { Routes } from './routes.js';
import { Tenants } from './tenants/tenants.js';
import { OnProviderEventConsumer } from './webhooks/on-provider-event.consumer.js';
import { ParkedEvents } from './webhooks/parked-events.job.js';
import { ProviderEvents } from './webhooks/provider-events.js';

const ledger = [LedgerClient, LedgerOpening];
const shared = [Tenants, Providers, CrashPoints, Intents, Payouts, PayoutClaims, Reservation, ...ledger];
const payoutControllers = [RequestPayoutController, PayoutController, ReviewPayoutController];
const checkoutControllers = [CheckoutController, CheckoutPageController];
const paying = [Routes, CreateIntent, PayCheckout];
const operations = [OperationQueue, Outbound, OperationReports, OperationCall, OperationRunner];

/** Payments: http answers callers; worker calls providers, hears events, asks the ledger and publishes. */
export const service: ServiceDefinition<PaymentsConfig> = {
  name: 'payments',
  config,
  migrations: new URL('../migrations/', import.meta.url),
  roles: {
    http: {
      http: true,
      module: () => ({
        controllers: [HealthController, IntentController, ...payoutControllers, ...checkoutControllers],
        providers: [
          ...shared,
          ...paying,
          OpenCheckout,
          CheckoutPages,
          CheckoutForms,
          RequestPayout,
          ChangePayout,
          PayoutAnswers,
        ],
      }),
    },
    worker: {
      consumes: [WebhookTopics.events, LedgerTopics.events, LedgerTopics.refusals],
      produces: [LedgerTopics.commands, PaymentsTopics.events],
      module: () => ({
        controllers: [OnProviderEventConsumer, OnLedgerEventConsumer, OnLedgerRefusalConsumer],
        providers: [
          ...shared,
          Pollings,
          OperationAlarms,
          Observations,
          ...operations,
          ProviderEvents,
          ReservationSweeper,
          ParkedEvents,
          RefusedBookings,
          ...paying,
          CheckoutExpiry,
          outboxRelay(),
        ],
      }),
    },
  },
};
