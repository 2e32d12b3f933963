import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Injectable } from '@nestjs/common';
import { Public } from '../http/route.js';
import { baseConfig } from './base-config.js';
import { defineConfig } from './config.js';
import { CrashPoints } from './crash-points.js';
import { Lifecycle } from './lifecycle.js';
import { Logger } from './logger.js';
import { runService } from './run-service.js';
import { port, secret } from './settings.js';

// A small real service that run-service.int.spec.ts runs as a process and treats badly.

@Controller()
class SlowController {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly logger: Logger,
    private readonly points: CrashPoints,
  ) {}
  @Get('slow')
  @Public()
  async slow() {
    this.logger.info('Slow began');
    this.points.reach('slow.begins');
    await sleep(400);
    return { slow: true };
  }
  @Get('crash')
  @Public()
  crash() {
    void Promise.reject(new Error('nobody caught this; token dk_0123456789abcdef'));
    return {};
  }
  @Get('die')
  @Public()
  die() {
    this.lifecycle.died('consumer', new Error('partition lost'));
    return {};
  }
}

@Controller()
class UndeclaredController {
  @Get('undeclared')
  undeclared() {
    return {};
  }
}

const task = (name: string, stopMs: number) => {
  @Injectable()
  class Worker {
    constructor(lifecycle: Lifecycle, logger: Logger) {
      lifecycle.register({
        name,
        start: async () => logger.info(`start ${name}`),
        stop: async () => {
          await sleep(stopMs);
          logger.info(`stop ${name}`);
        },
      });
    }
  }
  return Worker;
};

await runService({
  name: 'fixture',
  crashPoints: ['slow.begins'],
  commands: {
    greet: {
      role: 'worker',
      run: ({ args, print }) => {
        print(`hello ${args.join(' ')}`);
        return Promise.resolve(7);
      },
    },
    wait: {
      role: 'worker',
      run: async ({ service, print }) => {
        print('waiting');
        const lifecycle = service.get(Lifecycle);
        while ((await lifecycle.unreadyBecause()).length === 0) await sleep(10);
        return 75;
      },
    },
  },
  config: defineConfig({
    ...baseConfig,
    httpPort: port('HTTP_PORT', 0),
    managementPort: port('MANAGEMENT_PORT', 0),
    apiKey: secret('API_KEY'),
  }),
  roles: {
    http: { http: true, module: () => ({ controllers: [SlowController] }) },
    worker: { module: () => ({ providers: [task('first', 5), task('second', 5)] }) },
    stuck: { module: () => ({ providers: [task('that hangs', 60_000)] }) },
    undeclared: { http: true, module: () => ({ controllers: [UndeclaredController] }) },
  },
});
