import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { IsISO8601, IsInt, IsOptional, Max, Min } from 'class-validator';
import type { Clock } from '@defter/kernel';
import { CLOCK, HasForm, Public, respond } from '@defter/platform';
import { BookClock } from '../book-clock.js';
import { clockProblems } from './clock.problems.js';
import { SetClock } from './set-clock.handler.js';

/** So far one call may move the clock: the longest retry window, and a day. */
const longestMs = 31 * 24 * 3_600_000;

const UTC = /^[0-9-]{10}T[0-9:.]{8,12}Z$/;

export class StandBody {
  /** Without it the clock stands where it is. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @HasForm(UTC, 'an instant in UTC such as 2026-01-31T09:30:00.000Z')
  at?: string;
}

export class AdvanceBody {
  @IsInt() @Min(0) @Max(longestMs) ms!: number;
}

/** The virtual clock; only where MOCK_PSP_TEST_ENDPOINTS says so. */
@Controller('_test/clock')
export class ClockController {
  constructor(
    private readonly clock: BookClock,
    private readonly setClock: SetClock,
    @Inject(CLOCK) private readonly machine: Clock,
  ) {}

  @Get()
  @Public()
  read() {
    return { mode: this.clock.isVirtual ? 'virtual' : 'real', now: this.clock.now().toISOString() };
  }

  @Post('stand')
  @HttpCode(200)
  @Public()
  async stand(@Body() { at }: StandBody) {
    const instant = at === undefined ? this.clock.now() : new Date(at);
    return respond(await this.setClock.stand(instant.toISOString()), clockProblems, () => this.read());
  }

  @Post('advance')
  @HttpCode(200)
  @Public()
  async advance(@Body() { ms }: AdvanceBody) {
    return respond(await this.setClock.advance(ms), clockProblems, () => this.read());
  }

  @Post('release')
  @HttpCode(200)
  @Public()
  async release() {
    return respond(await this.setClock.release(this.machine.now()), clockProblems, () => this.read());
  }
}
