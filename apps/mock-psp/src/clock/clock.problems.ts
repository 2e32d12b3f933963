import type { Problem } from '@defter/platform';
import type { ClockRefusal } from './set-clock.handler.js';

export const clockProblems = {
  'clock-is-real': { status: 409, title: 'The clock is the machine’s and can’t be moved' },
  'clock-goes-back': { status: 409, title: 'The clock can’t go back: there are operations' },
} satisfies Record<ClockRefusal['code'], Problem>;
