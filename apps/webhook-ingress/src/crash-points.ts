import { outboxCrashPoints } from '@defter/platform';

/** Every place where a crash must do no harm: around the one insert that an acknowledgement stands for. */
export const crashPoints = ['inbox.before-insert', 'inbox.after-insert', ...outboxCrashPoints] as const;

export type CrashPoint = (typeof crashPoints)[number];
