import { Controller, Get } from '@nestjs/common';
import { Public } from '@defter/platform';

/** What a load balancer asks at the edge: the process answers. */
@Controller('api/health')
export class HealthController {
  @Get()
  @Public()
  health(): { readonly status: 'healthy' } {
    return { status: 'healthy' };
  }
}
