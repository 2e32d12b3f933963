import { notFound } from '@defter/platform';
import type { SloContent } from './slo/slo-content.js';
import { sloMarkdown } from './slo/slo-markdown.js';
import type { Language, StoredReport } from './report.js';

/** A report as Markdown. @throws ProblemException 404 for a kind that has no such form */
export function reportText(report: StoredReport, language: Language): string {
  if (report.kind !== 'slo') throw notFound('Only the SLO report has a Markdown form');
  return sloMarkdown(report as StoredReport<SloContent>, language);
}
