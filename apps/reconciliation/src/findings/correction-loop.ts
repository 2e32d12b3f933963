import type { Provider } from '@nestjs/common';
import { CONFIG, Database, Lifecycle, Logger, Polling } from '@defter/platform';
import type { Config } from '../config.js';
import { Corrections } from './corrections.js';
import { PROPOSAL_APPROVED } from './proposals.js';

const TOKEN = Symbol('correction loop');
type Injected = [Config, Database, Logger, Lifecycle, Corrections];

/** Books approved corrections in every process of the role that lists this. */
export function correctionLoop(): Provider {
  return {
    provide: TOKEN,
    inject: [CONFIG, Database, Logger, Lifecycle, Corrections],
    useFactory: (...injected: Injected) => {
      const [config, database, logger, lifecycle, corrections] = injected;
      let stopping = false;
      const round = (): Promise<boolean> => corrections.round(() => stopping);
      const options = {
        ...{ name: 'corrections', everyMs: config.correctionPollMs, signal: PROPOSAL_APPROVED, round },
      };
      const polling = new Polling(database, logger, options);
      lifecycle.register({
        name: 'corrections',
        start: () => polling.start(),
        stop: () => {
          stopping = true;
          return polling.stop();
        },
      });
      return polling;
    },
  };
}
