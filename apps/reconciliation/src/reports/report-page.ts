import type { CapacityContent } from './capacity-content.js';
import type { DailyContent } from './daily-content.js';
import { capacityPage } from './page/capacity-page.js';
import { dailyPage } from './page/daily-page.js';
import { dateOf } from './page/figures.js';
import { settlementPage } from './page/settlement-page.js';
import { textsOf } from './page/texts-of.js';
import type { Language, StoredReport } from './report.js';
import type { SettlementContent } from './settlement-content.js';
import type { SloContent } from './slo/slo-content.js';
import { sloPage } from './slo/slo-page.js';
import { sloTexts } from './slo/slo-texts.js';

/** A stored report as a page in a language. */
export function reportPage(report: StoredReport, language: Language): string {
  const sheet = { language, texts: textsOf(language) };
  switch (report.kind) {
    case 'daily':
      return dailyPage(report as StoredReport<DailyContent>, sheet);
    case 'settlement':
      return settlementPage(report as StoredReport<SettlementContent>, sheet);
    case 'capacity':
      return capacityPage(report as StoredReport<CapacityContent>, sheet);
    case 'slo':
      return sloPage(report as StoredReport<SloContent>, sheet);
  }
}

/** Its name with its date, as a subject or file name wants it. */
export function reportTitle({ kind, content }: StoredReport, language: Language): string {
  const { dailyTitle, settlementTitle, capacityTitle } = textsOf(language);
  const slo = sloTexts[language].title;
  const title = { daily: dailyTitle, settlement: settlementTitle, capacity: capacityTitle, slo }[kind];
  return `${title} ${dateOf(content.businessOn, language)}`;
}
