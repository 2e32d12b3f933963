import { Controller, Get } from '@nestjs/common';
import { Public } from './route.js';

/**
 * What a load balancer or a provider's dashboard asks at the edge: the process answers. Readiness is
 * `/readyz` on the management port.
 */
@Controller('api/health')
export class HealthController {
  @Get()
  @Public()
  health(): { readonly status: 'healthy' } {
    return { status: 'healthy' };
  }
}
