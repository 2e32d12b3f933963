import type { ExistingCheckout } from '@defter/payments-domain';
import type { Language } from './page-texts.js';

/** What the payer sees: of a session, at one moment. */
export interface PageView {
  readonly language: Language;
  /** The page's own address, without the language. */
  readonly path: string;
  readonly merchant: string;
  readonly session: ExistingCheckout;
  readonly minutesLeft: number;
  readonly situation: Situation;
}

export type Situation =
  /**
   * `declinedBecause`: of the last try, null while there was none. `chooseFirst`: the form came without a
   * card.
   */
  | { readonly is: 'to pay'; readonly declinedBecause: string | null; readonly chooseFirst: boolean }
  /** `nextUrl`: the payer came back from the bank, and may go there again. */
  | { readonly is: 'processing'; readonly takesLong: boolean; readonly nextUrl: string | undefined }
  | { readonly is: 'at the bank'; readonly nextUrl: string }
  | { readonly is: 'complete' }
  | { readonly is: 'expired' };
