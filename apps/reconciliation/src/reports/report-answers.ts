import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, Database, notFound, writeJson } from '@defter/platform';
import type { Config } from '../config.js';
import { lastLook } from '../stuck/last-look.read.js';
import { weekOf } from '../iso-week.js';
import { Tenants } from '../tenants.js';
import { byUrgency } from './daily-content.js';
import { openFindings } from './open-finding.read.js';
import { stuckPage } from './page/stuck-page.js';
import { languageOf } from './page/texts.js';
import { textsOf } from './page/texts-of.js';
import { reportCsv } from './report-csv.js';
import { reportPage } from './report-page.js';
import { reportText } from './report-text.js';
import { ReportStore } from './report-store.js';
import type { Language, ReportKind, StoredReport } from './report.js';
import { acceptedFormat, type Format, mediaTypes, toPlace } from './report.wire.js';

/** What a caller wants to see. */
export interface Wish {
  readonly language: Language | undefined;
  readonly version: number | undefined;
  readonly accept: string | undefined;
  readonly acceptLanguage: string | undefined;
}

export interface Answer {
  readonly body: string;
  readonly mediaType: string;
}

/** Findings that say that something stands still. */
const STANDING: ReadonlySet<string> = new Set(['payout_stuck', 'unknown_operation_aged', 'orphan_event']);

/** What holds where a caller says nothing. */
@Injectable()
export class ReportDefaults {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get language(): Language {
    return this.config.reportLanguage;
  }

  get now(): Date {
    return this.clock.now();
  }
}

/** Reports in the form in which they are asked for. */
@Injectable()
export class ReportAnswers {
  constructor(
    private readonly store: ReportStore,
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly defaults: ReportDefaults,
  ) {}

  async list(tenantId: string) {
    const rows = await this.store.list(tenantId);
    return { data: rows.map((row) => ({ ...row, made_at: row.made_at.toISOString() })) };
  }

  /** @throws ProblemException 404 where there is no such report */
  async find(
    { tenantId, kind, name }: { readonly tenantId: string; readonly kind: ReportKind; readonly name: string },
    wish: Wish,
  ): Promise<Answer> {
    const place = toPlace(name);
    if (place === undefined) throw notFound();
    const asked = place.businessOn ?? (await this.store.lastDate(tenantId, kind));
    // A week's report is found by each of its days.
    const businessOn = asked !== undefined && kind === 'slo' ? weekOf(asked).sunday : asked;
    if (businessOn === undefined) throw notFound('There is no report yet');
    const report = await this.store.find({ tenantId, kind, businessOn }, wish.version);
    if (report === undefined) throw notFound('There is no report of this date');
    const format = place.format ?? acceptedFormat(wish.accept, kind);
    return { body: this.written(report, format, wish), mediaType: mediaTypes[format] };
  }

  /** What stands still now: not kept, for it is another thing in five minutes. */
  async stuck(tenantId: string, wish: Wish): Promise<Answer> {
    const tenant = await this.tenants.find(tenantId);
    if (tenant === undefined) throw notFound();
    const look = await lastLook(this.database, tenantId);
    const open = await openFindings(this.database, tenantId, this.defaults.now);
    const findings = open.filter(({ type }) => STANDING.has(type)).sort(byUrgency);
    if (acceptedFormat(wish.accept) !== 'html')
      return { body: writeJson({ look: look ?? null, findings }), mediaType: mediaTypes.json };
    const language = this.language(wish);
    const stuck = { tenantName: tenant.name, zone: tenant.zone, look, findings };
    return { body: stuckPage(stuck, { language, texts: textsOf(language) }), mediaType: mediaTypes.html };
  }

  private written(report: StoredReport, format: Format, wish: Wish): string {
    if (format === 'json') return writeJson(report);
    if (format === 'md') return reportText(report, this.language(wish));
    return format === 'csv' ? reportCsv(report) : reportPage(report, this.language(wish));
  }

  private language({ language, acceptLanguage }: Wish): Language {
    return languageOf(language, acceptLanguage, this.defaults.language);
  }
}
