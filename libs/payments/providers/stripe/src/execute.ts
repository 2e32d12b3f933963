import type Stripe from 'stripe';
import type {
  CallContext,
  OperationResult,
  PaymentProvider,
  ProviderOperation,
} from '@defter/payments-contracts';
import { unanswered, withStripe } from './client.js';
import { captureField, operationField, toResult, toStripeAmount } from './wire.js';

/** What every request of an operation carries: its id is the idempotency key. */
interface Sending {
  readonly stripe: Stripe;
  readonly operation: ProviderOperation;
  readonly amount: number;
  readonly options: Stripe.RequestOptions;
}

/**
 * Sends the operation through Stripe's SDK. What names an earlier payment (capture, void, refund) needs its
 * reference; a sale needs a payment method of Stripe's.
 */
export const execute: PaymentProvider['execute'] = async (operation, call) => {
  const amount = toStripeAmount(operation.amountMinor);
  if (amount === undefined) return { result: 'failed', declineCode: 'amount_too_large' };
  const missing = missingPart(operation);
  if (missing !== undefined) return { result: 'failed', declineCode: `${missing}_missing` };
  return send(operation, amount, call);
};

const send = async (
  operation: ProviderOperation,
  amount: number,
  call: CallContext,
): Promise<OperationResult> => {
  const options = { idempotencyKey: operation.operationId };
  const called = await withStripe(call, (stripe) => request({ stripe, operation, amount, options }));
  return called.ended === 'answered' ? toResult(called.value, operation) : unanswered(called);
};

const missingPart = ({ kind, instrument, parentProviderRef }: ProviderOperation): string | undefined => {
  if ((kind === 'sale' || kind === 'authorize') && instrument === undefined) return 'payment_method';
  const needsPayment = kind === 'capture' || kind === 'void' || kind === 'refund';
  return needsPayment && parentProviderRef === undefined ? 'payment' : undefined;
};

const request = (sending: Sending): Promise<unknown> => {
  const { stripe, operation, amount, options } = sending;
  const { kind, operationId, parentProviderRef: payment = '' } = operation;
  const metadata = { [operationField]: operationId };
  switch (kind) {
    case 'capture':
      return stripe.paymentIntents.capture(
        payment,
        { amount_to_capture: amount, metadata: { [captureField]: operationId } },
        options,
      );
    case 'void':
      return stripe.paymentIntents.cancel(payment, {}, options);
    case 'refund':
      return stripe.refunds.create({ payment_intent: payment, amount, metadata }, options);
    default:
      return pay(sending);
  }
};

/** Creates and confirms in one request. Without a way back for the payer, no method may redirect. */
const pay = ({ stripe, operation, amount, options }: Sending): Promise<unknown> => {
  const { kind, operationId, currency, instrument = '', reference, returnUrl } = operation;
  return stripe.paymentIntents.create(
    {
      ...{ amount, currency: currency.toLowerCase(), payment_method: instrument, confirm: true },
      ...{ capture_method: kind === 'authorize' ? 'manual' : 'automatic', description: reference },
      metadata: { [operationField]: operationId },
      automatic_payment_methods: {
        enabled: true,
        allow_redirects: returnUrl === undefined ? 'never' : 'always',
      },
      ...(returnUrl !== undefined && { return_url: returnUrl }),
    },
    options,
  );
};
