import { Injectable } from '@nestjs/common';
import { ReportOutbox } from './report-outbox.js';
import { ReportStore } from './report-store.js';

/** Where a report is put. */
@Injectable()
export class ReportPlaces {
  constructor(
    readonly store: ReportStore,
    readonly outbox: ReportOutbox,
  ) {}
}
