import { Controller, Get } from '@nestjs/common';
import { Public } from '@defter/platform';

@Controller('api/health')
export class HealthController {
  @Get()
  @Public()
  health() {
    return { status: 'healthy' };
  }
}
