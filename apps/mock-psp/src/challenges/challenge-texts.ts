export interface PageText {
  readonly lang: string;
  readonly bank: string;
  readonly title: string;
  readonly question: string;
  readonly approve: string;
  readonly decline: string;
  readonly abandon: string;
  readonly approved: string;
  readonly declined: string;
  readonly back: string;
  readonly close: string;
  readonly note: string;
}

/** What the page says, in each of its languages. */
export const texts = {
  en: {
    lang: 'en',
    bank: 'Mock Bank',
    title: 'Confirm your payment',
    question: 'Your bank wants to know that it is you.',
    approve: 'Approve',
    decline: 'Decline',
    abandon: 'Leave without deciding',
    approved: 'You approved this payment.',
    declined: 'This payment was not approved.',
    back: 'Back to the shop',
    close: 'You can close this window.',
    note: 'This is a test page. No money moves.',
  },
  tr: {
    lang: 'tr',
    bank: 'Deneme Bankası',
    title: 'Ödemenizi onaylayın',
    question: 'Bankanız, ödemeyi yapanın siz olduğunuzu doğrulamak istiyor.',
    approve: 'Onayla',
    decline: 'Reddet',
    abandon: 'Karar vermeden ayrıl',
    approved: 'Bu ödemeyi onayladınız.',
    declined: 'Bu ödeme onaylanmadı.',
    back: 'Mağazaya dön',
    close: 'Bu pencereyi kapatabilirsiniz.',
    note: 'Bu bir deneme sayfasıdır. Para hareketi olmaz.',
  },
} as const satisfies Readonly<Record<string, PageText>>;
