import type { DeclineName, SuccessName } from './test-cards.js';

export type Language = 'en' | 'tr';

/** Everything that a payer reads. */
export interface PageTexts {
  readonly otherLanguage: string;
  readonly demo: string;
  readonly payTo: (merchant: string) => string;
  readonly timeLeft: (minutes: number) => string;
  readonly order: string;
  readonly chooseCard: string;
  readonly cards: Readonly<Record<SuccessName, readonly [name: string, hint: string]>>;
  readonly declinedCards: string;
  readonly declines: Readonly<Record<DeclineName, readonly [name: string, toPayer: string]>>;
  readonly otherDecline: string;
  readonly tryAgain: string;
  readonly pay: (amount: string) => string;
  readonly confirmFree: string;
  readonly nothingToPay: string;
  readonly cancel: (merchant: string) => string;
  readonly chooseFirst: string;
  readonly processing: string;
  readonly processingHint: string;
  readonly takesLong: string;
  readonly look: string;
  readonly bankAsks: string;
  readonly bankAsksHint: string;
  readonly toBank: string;
  readonly paid: string;
  readonly paidHint: (amount: string, merchant: string) => string;
  readonly confirmed: string;
  readonly backToShop: (merchant: string) => string;
  readonly expired: string;
  readonly expiredHint: string;
  readonly absent: string;
  readonly absentHint: string;
  readonly reference: string;
}

const en: PageTexts = {
  otherLanguage: 'Türkçe',
  demo: 'Demo: no real money moves here.',
  payTo: (merchant) => `Pay ${merchant}`,
  timeLeft: (minutes) => (minutes === 1 ? '1 minute left' : `${minutes} minutes left`),
  order: 'Order',
  chooseCard: 'Choose a test card',
  cards: {
    instant: ['Card that succeeds', 'Paid at once.'],
    approve: ['Card whose bank takes a moment', 'Paid shortly after.'],
    challenge: ['Card whose bank asks you', 'You confirm on the bank’s page.'],
  },
  declinedCards: 'Cards that are declined',
  declines: {
    insufficient_funds: ['Insufficient funds', 'The card does not have enough money.'],
    do_not_honor: ['Refused by the bank', 'The bank refused without saying why.'],
    expired_card: ['Expired card', 'The card has expired.'],
    incorrect_cvc: ['Wrong security code', 'The security code is wrong.'],
    withdrawal_limit_exceeded: ['Over the limit', 'The amount is above the card’s limit.'],
    card_not_supported: ['Kind of card not taken', 'This kind of card is not taken here.'],
    lost_card: ['Lost card', 'The bank refused this card.'],
    suspected_fraud: ['Suspected fraud', 'The bank refused this card.'],
    authentication_failed: ['Failed authentication', 'You could not be authenticated.'],
    issuer_unavailable: ['Bank not reachable', 'The bank can’t be reached at the moment.'],
    processing_error: ['Error while processing', 'Something went wrong on the way to the bank.'],
    merchant_blocked: ['Shop is blocked', 'The shop can’t take cards at the moment.'],
    sanctions_match: ['Refused by law', 'This payment is not allowed.'],
  },
  otherDecline: 'The payment was declined.',
  tryAgain: 'You have not been charged. Try again, or choose another card.',
  pay: (amount) => `Pay ${amount}`,
  confirmFree: 'Confirm',
  nothingToPay: 'There is nothing to pay.',
  cancel: (merchant) => `Cancel and go back to ${merchant}`,
  chooseFirst: 'Choose a card first.',
  processing: 'Your payment is being processed',
  processingHint: 'This page looks again by itself. You will not be charged twice.',
  takesLong: 'This takes longer than usual. You may close this page: the shop will hear the result.',
  look: 'Look again now',
  bankAsks: 'Your bank wants you to confirm',
  bankAsksHint: 'You will come back here afterwards.',
  toBank: 'Continue to your bank',
  paid: 'Payment successful',
  paidHint: (amount, merchant) => `You paid ${amount} to ${merchant}.`,
  confirmed: 'Confirmed',
  backToShop: (merchant) => `Back to ${merchant}`,
  expired: 'This payment page has expired',
  expiredHint: 'You have not been charged. Start again in the shop.',
  absent: 'There is no payment page here',
  absentHint: 'Check the address, or start again in the shop.',
  reference: 'Reference',
};

const tr: PageTexts = {
  otherLanguage: 'English',
  demo: 'Deneme: burada gerçek para hareketi olmaz.',
  payTo: (merchant) => `Ödeme alan: ${merchant}`,
  timeLeft: (minutes) => `${minutes} dakika kaldı`,
  order: 'Sipariş',
  chooseCard: 'Bir deneme kartı seçin',
  cards: {
    instant: ['Onaylanan kart', 'Hemen ödenir.'],
    approve: ['Bankası biraz bekleten kart', 'Kısa süre sonra ödenir.'],
    challenge: ['Bankası onay isteyen kart', 'Bankanın sayfasında onaylarsınız.'],
  },
  declinedCards: 'Reddedilen kartlar',
  declines: {
    insufficient_funds: ['Yetersiz bakiye', 'Kartın bakiyesi yeterli değil.'],
    do_not_honor: ['Banka reddetti', 'Banka neden belirtmeden reddetti.'],
    expired_card: ['Süresi dolmuş kart', 'Kartın süresi dolmuş.'],
    incorrect_cvc: ['Yanlış güvenlik kodu', 'Güvenlik kodu yanlış.'],
    withdrawal_limit_exceeded: ['Limit aşıldı', 'Tutar kartın limitini aşıyor.'],
    card_not_supported: ['Kabul edilmeyen kart türü', 'Bu kart türü burada kabul edilmiyor.'],
    lost_card: ['Kayıp kart', 'Banka bu kartı reddetti.'],
    suspected_fraud: ['Dolandırıcılık şüphesi', 'Banka bu kartı reddetti.'],
    authentication_failed: ['Kimlik doğrulanamadı', 'Kimliğiniz doğrulanamadı.'],
    issuer_unavailable: ['Bankaya ulaşılamıyor', 'Bankaya şu anda ulaşılamıyor.'],
    processing_error: ['İşlem hatası', 'Bankaya giden yolda bir sorun oldu.'],
    merchant_blocked: ['Mağaza engelli', 'Mağaza şu anda kart kabul edemiyor.'],
    sanctions_match: ['Yasal ret', 'Bu ödemeye izin verilmiyor.'],
  },
  otherDecline: 'Ödeme reddedildi.',
  tryAgain: 'Kartınızdan para çekilmedi. Yeniden deneyin ya da başka bir kart seçin.',
  pay: (amount) => `${amount} öde`,
  confirmFree: 'Onayla',
  nothingToPay: 'Ödenecek bir tutar yok.',
  cancel: (merchant) => `Vazgeç ve geri dön: ${merchant}`,
  chooseFirst: 'Önce bir kart seçin.',
  processing: 'Ödemeniz işleniyor',
  processingHint: 'Bu sayfa kendiliğinden yenilenir. İki kez ödeme alınmaz.',
  takesLong: 'Bu kez uzun sürüyor. Sayfayı kapatabilirsiniz: sonuç mağazaya bildirilir.',
  look: 'Şimdi yenile',
  bankAsks: 'Bankanız onayınızı istiyor',
  bankAsksHint: 'Ardından buraya geri döneceksiniz.',
  toBank: 'Bankanıza gidin',
  paid: 'Ödeme başarılı',
  paidHint: (amount, merchant) => `${amount} ödediniz. Alıcı: ${merchant}.`,
  confirmed: 'Onaylandı',
  backToShop: (merchant) => `Geri dön: ${merchant}`,
  expired: 'Bu ödeme sayfasının süresi doldu',
  expiredHint: 'Kartınızdan para çekilmedi. Mağazada yeniden başlayın.',
  absent: 'Burada bir ödeme sayfası yok',
  absentHint: 'Adresi denetleyin ya da mağazada yeniden başlayın.',
  reference: 'Referans',
};

export const pageTexts: Readonly<Record<Language, PageTexts>> = { en, tr };

/** The language that was asked for by link, else the browser's first one that we have, else English. */
export const languageOf = (asked: unknown, accepted: string | undefined): Language => {
  if (asked === 'en' || asked === 'tr') return asked;
  const wanted = (accepted ?? '')
    .split(',')
    .map((item) => {
      const [tag = '', ...options] = item.trim().toLowerCase().split(';');
      const weight = options
        .map((option) => /^\s*q=([01](?:\.[0-9]{1,3})?)\s*$/.exec(option)?.[1])
        .find(Boolean);
      return { language: tag.split('-')[0], weight: Number.parseFloat(weight ?? '1') };
    })
    .filter(({ language, weight }) => weight > 0 && (language === 'en' || language === 'tr'))
    .sort((a, b) => b.weight - a.weight);
  return wanted[0]?.language === 'tr' ? 'tr' : 'en';
};
