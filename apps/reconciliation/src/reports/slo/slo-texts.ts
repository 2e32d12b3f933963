import type { ObjectiveName } from '@defter/reconciliation-contracts';
import type { Language } from '../report.js';
import type { Verdict } from './slo-content.js';

/** What an objective is called, and what it promises. */
interface ObjectiveTexts {
  readonly name: string;
  readonly promise: string;
}

/** What the SLO report says in a language. */
export interface SloTexts {
  readonly title: string;
  readonly week: string;
  readonly purpose: string;
  readonly allKept: string;
  readonly noneMissed: string;
  readonly missed: (count: string, names: string) => string;
  readonly goodDo: string;
  readonly missedDo: string;
  readonly unsureDo: string;
  readonly incomplete: string;
  readonly nothingMeasured: string;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly objective: string;
  readonly result: string;
  readonly part: string;
  readonly target: string;
  readonly attained: string;
  readonly spent: string;
  readonly events: string;
  readonly bad: string;
  readonly measured: string;
  readonly noEvents: string;
  readonly noData: string;
  readonly burnTitle: string;
  readonly burnWhy: string;
  readonly allowed: string;
  readonly notMeasured: string;
  readonly day: string;
  readonly worstTitle: string;
  readonly noneBad: string;
  readonly nothingBad: string;
  readonly hour: string;
  readonly gapsTitle: string;
  readonly gap: (from: string, until: string) => string;
  readonly objectives: Readonly<Record<ObjectiveName, ObjectiveTexts>>;
}

const english: SloTexts = {
  title: 'SLO report',
  week: 'Week',
  purpose:
    'What is promised of the service, and what came of it in this week. The error budget is what a promise ' +
    'leaves to go wrong: of 99.9 %, one request in a thousand. Figures are what Prometheus measured.',
  allKept: 'Every objective that was measured was kept.',
  noneMissed: 'No objective was missed in what was measured; of some too little was measured to say more.',
  missed: (count, names) =>
    count === '1' ? `One objective was missed: ${names}.` : `${count} objectives were missed: ${names}.`,
  goodDo: 'There is nothing to do.',
  missedDo:
    'To do: see what happened in the worst hours of what was missed (they stand below), and mend it before ' +
    'the month’s budget is gone.',
  unsureDo: 'To do: see why Prometheus did not measure what is red below: does it scrape the service?',
  incomplete: 'Some of the week, or some of the services, was not measured: nothing is known of that.',
  nothingMeasured: 'Nothing of this week was measured. Whether anything was kept is not known.',
  verdicts: {
    kept: 'kept',
    missed: 'missed',
    partial: 'measured too little',
    unused: 'not used',
    unknown: 'not known',
  },
  objective: 'Objective',
  result: 'Result',
  part: 'Of',
  target: 'Promised',
  attained: 'Attained',
  spent: 'Error budget spent',
  events: 'Events',
  bad: 'Bad',
  measured: 'Measured',
  noEvents: 'no events',
  noData: 'no data',
  burnTitle: 'How the budget was spent',
  burnWhy:
    'The line climbs with each bad event; at the dashed line the week’s budget is gone. Grey: not measured.',
  allowed: 'budget',
  notMeasured: 'not measured',
  day: 'Day',
  worstTitle: 'Worst hours',
  noneBad: 'No hour with bad events.',
  nothingBad: 'Measured all week, and nothing was bad.',
  hour: 'Hour',
  gapsTitle: 'Not measured',
  gap: (from, until) => `${from} to ${until}`,
  objectives: {
    availability: { name: 'Availability', promise: '99.9 % of requests get no server error (5xx).' },
    latency: { name: 'Latency', promise: '95 % of requests are answered within half a second.' },
    'webhook-success': {
      name: 'Webhooks of providers',
      promise: '99.9 % of webhooks are taken in without a dead letter.',
    },
    'webhook-placed': {
      name: 'Webhooks that fit',
      promise: '99.5 % of webhooks find what they are about within an hour.',
    },
    'delivery-success': {
      name: 'Webhooks to tenants',
      promise: '99 % of attempts don’t fail for want of an answer or with 5xx.',
    },
    'payout-time': {
      name: 'Payout time',
      promise: '95 % of the payouts that were paid were paid within 24 hours of the request.',
    },
  },
};

const turkish: SloTexts = {
  title: 'SLO raporu',
  week: 'Hafta',
  purpose:
    'Hizmet için söz verilenler ve bu hafta bunlardan ne çıktığı. Hata bütçesi, sözün yanlış gitmesine ' +
    'izin verdiği paydır: %99,9 sözünde bin istekten biri. Rakamlar Prometheus’un ölçtükleridir.',
  allKept: 'Ölçülen her hedef tutturuldu.',
  noneMissed: 'Ölçülen kısımda kaçırılan hedef yok; bazılarında fazlasını söyleyecek kadar ölçüm yok.',
  missed: (count, names) => `${count} hedef tutturulamadı: ${names}.`,
  goodDo: 'Yapılacak bir şey yok.',
  missedDo:
    'Yapılacak: tutturulamayanların en kötü saatlerinde (aşağıda) ne olduğuna bakın ve ayın bütçesi ' +
    'bitmeden giderin.',
  unsureDo: 'Yapılacak: aşağıda kırmızı olanı Prometheus’un neden ölçmediğine bakın: servisi okuyor mu?',
  incomplete: 'Haftanın ya da servislerin bir kısmı ölçülmedi: o kısım hakkında bir şey bilinmiyor.',
  nothingMeasured: 'Bu haftadan hiçbir şey ölçülmedi. Hedeflerin tutup tutmadığı bilinmiyor.',
  verdicts: {
    kept: 'tuttu',
    missed: 'tutmadı',
    partial: 'yeterince ölçülmedi',
    unused: 'kullanılmadı',
    unknown: 'bilinmiyor',
  },
  objective: 'Hedef',
  result: 'Sonuç',
  part: 'Nerede',
  target: 'Söz',
  attained: 'Ulaşılan',
  spent: 'Harcanan hata bütçesi',
  events: 'Olay',
  bad: 'Kötü',
  measured: 'Ölçülen',
  noEvents: 'olay yok',
  noData: 'veri yok',
  burnTitle: 'Bütçe nasıl harcandı',
  burnWhy:
    'Çizgi her kötü olayla yükselir; kesikli çizgide haftanın bütçesi bitmiştir. Gri: ölçülmemiş zaman.',
  allowed: 'bütçe',
  notMeasured: 'ölçülmedi',
  day: 'Gün',
  worstTitle: 'En kötü saatler',
  noneBad: 'Kötü olay olan saat yok.',
  nothingBad: 'Bütün hafta ölçüldü, kötü olay yok.',
  hour: 'Saat',
  gapsTitle: 'Ölçülmeyen zamanlar',
  gap: (from, until) => `${from} – ${until}`,
  objectives: {
    availability: {
      name: 'Kullanılabilirlik',
      promise: 'İsteklerin %99,9’u sunucu hatası (5xx) almaz.',
    },
    latency: { name: 'Gecikme', promise: 'İsteklerin %95’i yarım saniye içinde yanıtlanır.' },
    'webhook-success': {
      name: 'Sağlayıcı webhook’ları',
      promise: 'Webhook’ların %99,9’u ölü mektup olmadan alınır.',
    },
    'webhook-placed': {
      name: 'Yerini bulan webhook’lar',
      promise: 'Webhook’ların %99,5’i bir saat içinde ilgili olduğu işlemi bulur.',
    },
    'delivery-success': {
      name: 'Kiracılara giden webhook’lar',
      promise: 'Denemelerin %99’u yanıtsız kalmaz ve 5xx almaz.',
    },
    'payout-time': {
      name: 'Para çekme süresi',
      promise: 'Ödenen para çekmelerin %95’i istekten sonraki 24 saat içinde ödenir.',
    },
  },
};

export const sloTexts: Readonly<Record<Language, SloTexts>> = { en: english, tr: turkish };

const LOCALES = { en: 'en-GB', tr: 'tr-TR' } as const;

/**
 * A share as people read it: `99.95 %`. Rounded down, so that what is not whole never looks whole; up where
 * it is of something bad.
 */
export function percentOf(share: number, language: Language, towards: 'down' | 'up' = 'down'): string {
  const digits = towards === 'down' ? 3 : 1;
  const scale = 10 ** digits;
  // A division leaves 0.95 a little below itself; that is no reason to show less.
  const exact = Math.round(share * 100 * scale * 1e6) / 1e6;
  const rounded = (towards === 'down' ? Math.floor(exact) : Math.ceil(exact)) / scale;
  const text = rounded.toLocaleString(LOCALES[language], { maximumFractionDigits: digits });
  return language === 'tr' ? `%${text}` : `${text} %`;
}
