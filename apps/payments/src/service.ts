import { LedgerTopics } from '@defter/ledger-contracts';
import { PaymentsTopics } from '@defter/payments-contracts';
import { HealthController, outboxRelay, type ServiceDefinition } from '@defter/platform';
import { ReconciliationTopics } from '@defter/reconciliation-contracts';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { BookingsAfterAll } from './bookings/booked-after-all.js';
import { BookingAnswers } from './bookings/booking-answers.js';
import { LateBookings } from './bookings/late-bookings.job.js';
import { RefusalsAgain } from './bookings/refusals-again.job.js';
import { SettlementBookings } from './bookings/settlement-bookings.job.js';
import { OnLedgerEventConsumer } from './bookings/on-ledger-event.consumer.js';
import { OnLedgerRefusalConsumer } from './bookings/on-ledger-refusal.consumer.js';
import { CheckoutController } from './checkout/checkout.controller.js';
import { CheckoutExpiry } from './checkout/checkout-expiry.job.js';
import { CheckoutForms } from './checkout/checkout-forms.js';
import { CheckoutPageController } from './checkout/checkout-page.controller.js';
import { CheckoutPages } from './checkout/checkout-pages.js';
import { config, type PaymentsConfig } from './config.js';
import { crashPoints } from './crash-points.js';
import { DebtCollection } from './debts/debt-collection.job.js';
import { Disputes } from './disputes/disputes.js';
import { Funnel } from './funnel/funnel.js';
import { BookingMetrics } from './bookings/booking-metrics.js';
import { OnboardingMetrics } from './funnel/onboarding-metrics.js';
import { Attempts } from './intents/attempts.js';
import { ChangeIntentController } from './intents/change-intent.controller.js';
import { ChangeIntent } from './intents/change-intent.handler.js';
import { CreateIntent } from './intents/create-intent.handler.js';
import { IntentAnswers } from './intents/intent-answers.js';
import { IntentController } from './intents/intent.controller.js';
import { Intents } from './intents/intents.js';
import { PayerTimeouts } from './intents/payer-timeouts.job.js';
import { UnansweredPayers } from './unanswered-payers.js';
import { LedgerClient } from './ledger-client.js';
import { LedgerOpening } from './ledger-opening.js';
import { LedgerReader } from './ledger-reader.js';
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
import { ChangeRefund } from './refunds/change-refund.handler.js';
import { RefundClaims } from './refunds/refund-claims.js';
import { RefundController } from './refunds/refund.controller.js';
import { RefundHolds } from './refunds/refund-holds.js';
import { RefundTargets } from './refunds/refund-targets.js';
import { RefundSweeper } from './refunds/refund-sweeper.job.js';
import { RequestRefundController } from './refunds/request-refund.controller.js';
import { RequestRefund } from './refunds/request-refund.handler.js';
import { RefusedBookings } from './refused-bookings.js';
import { OnReportObservationConsumer } from './webhooks/on-report-observation.consumer.js';
import { Routes } from './routes.js';
import { DecideSettlement } from './settlements/decide-settlement.handler.js';
import { RequestSettlement } from './settlements/request-settlement.handler.js';
import { OnBatchSettlementConsumer } from './settlements/on-batch-settlement.consumer.js';
import { SettleBatch } from './settlements/settle-batch.handler.js';
import { RevertedSettlements } from './settlements/reverted-settlements.job.js';
import { SettledTroubles } from './settlements/settled-troubles.job.js';
import { UnbookedSettlements } from './settlements/unbooked-settlements.js';
import { SettlementController } from './settlements/settlement.controller.js';
import { Tenants } from './tenants/tenants.js';
import { EventNotices } from './webhooks/event-notices.js';
import { OnProviderEventConsumer } from './webhooks/on-provider-event.consumer.js';
import { ParkedEvents, ParkedEventsLoop } from './webhooks/parked-events.job.js';
import { ProviderEvents } from './webhooks/provider-events.js';

const ledger = [LedgerClient, LedgerOpening, LedgerReader];
const shared = [Tenants, Providers, Funnel, Intents, Payouts, PayoutClaims, Reservation, ...ledger];
const refunds = [RefundClaims, RefundHolds];
const intentControllers = [IntentController, ChangeIntentController];
const refundControllers = [RequestRefundController, RefundController, SettlementController];
const payoutControllers = [RequestPayoutController, PayoutController, ReviewPayoutController];
const checkoutControllers = [CheckoutController, CheckoutPageController];
const paying = [Routes, Attempts, ChangeIntent, PayCheckout];
const intentHandlers = [CreateIntent, IntentAnswers];
const refundHandlers = [RefundTargets, RequestRefund, ChangeRefund, RequestSettlement, DecideSettlement];
const payoutHandlers = [RequestPayout, ChangePayout, PayoutAnswers];
const checkoutHandlers = [OpenCheckout, CheckoutPages, CheckoutForms];
const operations = [OperationQueue, Outbound, OperationReports, OperationCall, OperationRunner];

/** Payments: http answers callers; worker calls providers, hears events, asks the ledger and publishes. */
export const service: ServiceDefinition<PaymentsConfig> = {
  name: 'payments',
  config,
  crashPoints,
  migrations: new URL('../migrations/', import.meta.url),
  roles: {
    http: {
      http: true,
      module: () => ({
        controllers: [
          HealthController,
          ...intentControllers,
          ...refundControllers,
          ...payoutControllers,
          ...checkoutControllers,
        ],
        providers: [
          ...shared,
          ...refunds,
          ...paying,
          ...intentHandlers,
          ...refundHandlers,
          ...payoutHandlers,
          ...checkoutHandlers,
        ],
      }),
    },
    worker: {
      consumes: [
        WebhookTopics.events,
        ReconciliationTopics.observations,
        ReconciliationTopics.settlements,
        LedgerTopics.events,
        LedgerTopics.refusals,
      ],
      produces: [LedgerTopics.commands, PaymentsTopics.events, PaymentsTopics.anomalies],
      module: () => ({
        controllers: [
          ...[OnProviderEventConsumer, OnReportObservationConsumer, OnBatchSettlementConsumer],
          ...[OnLedgerEventConsumer, OnLedgerRefusalConsumer],
        ],
        providers: [
          ...shared,
          Pollings,
          ...[OnboardingMetrics, BookingMetrics],
          OperationAlarms,
          Observations,
          ...operations,
          ...refunds,
          RefundSweeper,
          RefusedBookings,
          UnbookedSettlements,
          RevertedSettlements,
          SettledTroubles,
          Disputes,
          SettleBatch,
          EventNotices,
          ProviderEvents,
          ReservationSweeper,
          ParkedEvents,
          ParkedEventsLoop,
          LateBookings,
          RefusalsAgain,
          SettlementBookings,
          DebtCollection,
          BookingAnswers,
          BookingsAfterAll,
          ...paying,
          CheckoutExpiry,
          PayerTimeouts,
          UnansweredPayers,
          outboxRelay(),
        ],
      }),
    },
  },
};
