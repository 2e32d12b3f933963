import { outboxCrashPoints } from '@defter/platform';

/** Every place where a crash must lose nothing: on both sides of each commit around a request. */
export const crashPoints = [
  'delivery.after-lease',
  'delivery.before-send',
  'delivery.after-send',
  'delivery.after-record',
  'replay.after-page',
  ...outboxCrashPoints,
] as const;

export type CrashPoint = (typeof crashPoints)[number];
