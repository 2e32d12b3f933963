import type { Language } from '../report.js';
import type { OpenFinding } from '../daily-content.js';

interface Words {
  readonly name: string;
  readonly meaning: string;
}

/** Finding types for people who have never seen one. What isn't here is shown under its own name. */
const english: Readonly<Record<string, Words>> = {
  missing_in_ledger: {
    name: 'Missing with us',
    meaning: 'The provider moved money that our books don’t have',
  },
  missing_at_psp: {
    name: 'Missing at the provider',
    meaning: 'We booked money that the provider doesn’t report',
  },
  amount_mismatch: { name: 'Amounts differ', meaning: 'Both have it, with different amounts' },
  currency_mismatch: { name: 'Currencies differ', meaning: 'Both have it, in different currencies' },
  status_mismatch: { name: 'Outcomes differ', meaning: 'One side says paid, the other one not' },
  duplicate_charge: { name: 'Charged twice', meaning: 'A customer may have paid twice' },
  duplicate_settlement_line: { name: 'Line twice', meaning: 'The provider reports one movement twice' },
  fee_mismatch: { name: 'Fees differ', meaning: 'The provider kept another fee than agreed' },
  fx_mismatch: { name: 'Exchange rates differ', meaning: 'Converted at another rate than agreed' },
  late_settlement: { name: 'Settled late', meaning: 'The provider’s line is late' },
  payout_returned: { name: 'Payout came back', meaning: 'The bank sent a payout back' },
  payout_stuck: { name: 'Payout stands still', meaning: 'A customer waits for money' },
  unknown_operation_aged: { name: 'Outcome not known', meaning: 'Nobody knows whether the provider acted' },
  bank_deposit_unmatched: {
    name: 'Bank credit without batch',
    meaning: 'Money arrived that no batch explains',
  },
  batch_sum_mismatch: {
    name: 'Sums differ',
    meaning: 'A report doesn’t add up, or the bank paid another sum than the report says',
  },
  wallet_ledger_drift: {
    name: 'Balance isn’t its movements',
    meaning: 'An account holds other than its movements add up to',
  },
  report_missing: { name: 'Report missing', meaning: 'The provider has sent no report' },
  report_reissued: {
    name: 'Report changed',
    meaning: 'The provider sent the same report with other content',
  },
  orphan_event: {
    name: 'Event without payment',
    meaning: 'The provider tells of something that we don’t know',
  },
  conflicting_event: {
    name: 'Contradicting event',
    meaning: 'The provider sent one event with two contents',
  },
  unsettled_reserve: { name: 'Reserve not released', meaning: 'The provider keeps money back' },
};

const turkish: Readonly<Record<string, Words & { readonly sentence: string }>> = {
  missing_in_ledger: {
    ...{ name: 'Bizde yok', meaning: 'Sağlayıcının aktardığı para kayıtlarımızda yok' },
    sentence:
      'Referansı sağlayıcıda arayın. Bizimse neden kaydedilmediğini bulun ve kaydettirin; değilse ' +
      'itiraz açın.',
  },
  missing_at_psp: {
    ...{ name: 'Sağlayıcıda yok', meaning: 'Kaydettiğimiz parayı sağlayıcı bildirmiyor' },
    sentence:
      'İşlem numaramızla sağlayıcıya sorun. Hiç olmadıysa kaydı iki kişiyle geri alın; geciktiyse ' +
      'sonraki raporu bekleyin.',
  },
  amount_mismatch: {
    ...{ name: 'Tutarlar farklı', meaning: 'İki tarafta da var, tutarı farklı' },
    sentence:
      'İki tutarı sağlayıcının kendi sayfasıyla karşılaştırın; eksik ödenene itiraz edin, kalanı ' +
      'düzeltme kaydıyla giderin.',
  },
  currency_mismatch: {
    ...{ name: 'Para birimleri farklı', meaning: 'İki tarafta da var, para birimi farklı' },
    sentence: 'Bu müşteriye ödemeleri durdurun ve paranın hangi birimde aktarıldığını sağlayıcıya sorun.',
  },
  status_mismatch: {
    ...{ name: 'Sonuçlar farklı', meaning: 'Bir taraf ödendi diyor, öteki demiyor' },
    sentence:
      'İşlemin durumunu sağlayıcıya sorun; bizde eksik olan bildirim yeniden oynatılır, elle yazılmaz.',
  },
  duplicate_charge: {
    ...{ name: 'İki kez tahsilat', meaning: 'Müşteri iki kez ödemiş olabilir' },
    sentence: 'İkinci tahsilatı iade edin.',
  },
  duplicate_settlement_line: {
    ...{ name: 'Satır iki kez', meaning: 'Sağlayıcı bir hareketi iki kez bildiriyor' },
    sentence:
      'Paranın iki kez gelip gelmediğine bakın. Yalnız satır çiftse duplicate_ignored ile kapatın; ' +
      'değilse sağlayıcıya bildirin.',
  },
  fee_mismatch: {
    ...{ name: 'Ücretler farklı', meaning: 'Sağlayıcı anlaşılandan başka ücret kesti' },
    sentence: 'Ücreti sözleşmedeki tarifeyle karşılaştırın; tarifeyi düzeltin ya da ücrete itiraz edin.',
  },
  fx_mismatch: {
    ...{ name: 'Kurlar farklı', meaning: 'Anlaşılandan başka kurla çevrildi' },
    sentence: 'Kuru sağlayıcının o gün ilan ettiği kurla karşılaştırın.',
  },
  late_settlement: {
    ...{ name: 'Geç bildirim', meaning: 'Sağlayıcının satırı gecikti' },
    sentence: 'Sonraki raporu bekleyin; kendiliğinden kapanır.',
  },
  payout_returned: {
    ...{ name: 'Ödeme geri döndü', meaning: 'Banka ödemeyi geri gönderdi' },
    sentence: 'Paranın geri döndüğünü müşteriye bildirin, hesap bilgilerini denetleyin.',
  },
  payout_stuck: {
    ...{ name: 'Para çekme ilerlemiyor', meaning: 'Müşteri parasını bekliyor' },
    sentence: 'Ödemenin durumunu sağlayıcıya sorun.',
  },
  unknown_operation_aged: {
    ...{ name: 'Sonucu bilinmiyor', meaning: 'Sağlayıcının işlemi yapıp yapmadığı bilinmiyor' },
    sentence:
      'İşlemin ne olduğunu sağlayıcıya telefonla ya da sayfasından sorun; ondan önce kimseden ' +
      'yeniden tahsilat yapılmaz.',
  },
  bank_deposit_unmatched: {
    ...{ name: 'Partisiz banka girişi', meaning: 'Hiçbir partinin açıklamadığı para geldi' },
    sentence: 'Bu banka girişinin hangi partiyi ödediğini bulun.',
  },
  batch_sum_mismatch: {
    ...{ name: 'Toplamlar tutmuyor', meaning: 'Raporun toplamı tutmuyor ya da banka başka tutar ödedi' },
    sentence:
      'Raporun toplamı tutmuyorsa ondan hiçbir şey kullanılmadı: doğru dosyayı isteyip mutabakatı yeniden ' +
      'çalıştırın. Banka başka tutar ödediyse kaydı sağlayıcının bildirimiyle karşılaştırın.',
  },
  wallet_ledger_drift: {
    ...{ name: 'Bakiye hareketlerini tutmuyor', meaning: 'Hesaptaki bakiye, hareketlerinin toplamı değil' },
    sentence: 'Bu cüzdandan ödemeleri durdurun ve olaylarını defterinkilerle karşılaştırın.',
  },
  report_missing: {
    ...{ name: 'Rapor yok', meaning: 'Sağlayıcı rapor göndermedi' },
    sentence: 'Sağlayıcının sonraki gönderim saatini bekleyin, sonra raporu isteyin.',
  },
  report_reissued: {
    ...{ name: 'Rapor değişti', meaning: 'Sağlayıcı aynı raporu başka içerikle gönderdi' },
    sentence: 'Yeni raporu yerine geçtiğiyle karşılaştırın.',
  },
  orphan_event: {
    ...{ name: 'Ödemesi olmayan olay', meaning: 'Sağlayıcı bilmediğimiz bir şeyden söz ediyor' },
    sentence:
      'Saklanan isteği okuyun. Bizim bir sağlayıcımız gönderdiyse bağlantısını düzeltip isteği ' +
      'yeniden oynatın; şimdiye dek etkisi olmadı.',
  },
  conflicting_event: {
    ...{ name: 'Çelişen olay', meaning: 'Sağlayıcı bir olayı iki ayrı içerikle gönderdi' },
    sentence: 'Yalnız ilki etkili oldu. Hangisinin doğru olduğunu sağlayıcıya sorun.',
  },
  unsettled_reserve: {
    ...{ name: 'Bırakılmayan karşılık', meaning: 'Sağlayıcı parayı alıkoyuyor' },
    sentence: 'Sağlayıcının karşılığı ne zaman bırakacağına bakın.',
  },
};

/** A finding type's name and meaning. */
export function wordsOf(type: string, language: Language): Words {
  const words = language === 'tr' ? turkish : english;
  return Object.hasOwn(words, type)
    ? (words[type] ?? { name: type, meaning: '' })
    : { name: type, meaning: '' };
}

/** What to do about it. */
export const sentenceOf = ({ type, sentence }: OpenFinding, language: Language): string =>
  language === 'tr' && Object.hasOwn(turkish, type) ? (turkish[type]?.sentence ?? sentence) : sentence;
