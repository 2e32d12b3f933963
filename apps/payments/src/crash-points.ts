import { outboxCrashPoints } from '@defter/platform';

/** Every place where a crash must do no harm: on both sides of each commit, and of each call outside. */
export const crashPoints = [
  'intent.before-commit',
  'intent.after-commit',
  'operation.before-lease',
  'operation.after-lease',
  'operation.before-call',
  'operation.after-call',
  'operation.after-lookup',
  'operation.before-commit',
  'operation.after-observe',
  'webhook.before-commit',
  'webhook.after-observe',
  'webhook.after-park',
  'parked.before-commit',
  'parked.after-commit',
  'booking.before-commit',
  'booking.after-commit',
  'refusal.before-commit',
  'refusal.after-commit',
  'payout.before-claim',
  'payout.after-claim',
  'payout.after-hold',
  'payout.after-record',
  'payout.before-approval',
  'payout.after-approval',
  'payout.before-submit',
  'payout.after-submit',
  'payout.before-late-debit',
  'reservation.after-take',
  ...outboxCrashPoints,
] as const;

export type CrashPoint = (typeof crashPoints)[number];
