import { logCrashPoints, outboxCrashPoints } from '@defter/platform';

/** Every place where a crash must do no harm: on both sides of each commit and each send. */
export const crashPoints = [
  'engine.before-commit',
  'engine.after-commit',
  'command.after-apply',
  'refusal.before-commit',
  'refusal.after-commit',
  ...logCrashPoints,
  ...outboxCrashPoints,
] as const;

export type CrashPoint = (typeof crashPoints)[number];
