import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { HasForm, HasNoCardNumber, IsAmount, IsAssetCode, IsReason } from '@defter/platform';
import { type MoneyResolution, moneyResolutions } from '@defter/reconciliation-domain';
import type { Entry } from './proposal-row.js';

const ADDRESS = /^(?=.{1,256}$)[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)*$/;
const ADDRESS_WORDS = 'an account such as users:42:main: segments of letters, digits, _ and -, joined by :';

/** A posting that is proposed. */
export class EntryBody {
  @HasForm(ADDRESS, ADDRESS_WORDS) @HasNoCardNumber() source!: string;
  @HasForm(ADDRESS, ADDRESS_WORDS) @HasNoCardNumber() destination!: string;
  @IsAmount() amount!: bigint;
  @IsAssetCode() asset!: string;
}

class Reasoned {
  /** Why; it goes into the transaction's metadata. */
  @IsReason() @HasNoCardNumber() reason!: string;
}

/** The body of `…/reject`, `…/withdraw`, `…/take-back` and of reopening. */
export class ReasonBody extends Reasoned {}

/** The body of `…/proposals/{id}/edit`. */
export class EditProposalBody extends Reasoned {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => EntryBody)
  entries!: EntryBody[];
}

/** The body of `POST …/findings/{id}/proposals`. */
export class ProposeBody extends EditProposalBody {
  @IsIn(moneyResolutions) resolution!: MoneyResolution;
}

/** The body of `…/proposals/{id}/approve`. */
export class ApproveProposalBody {
  /** Of the proposal as the approver saw it. */
  @HasForm(/^[0-9a-f]{64}$/, 'the payload_hash of the proposal as it was shown')
  payload_hash!: string;

  @IsOptional() @IsReason() @HasNoCardNumber() note?: string;
}

/** Amounts as text from here on. */
export const toEntries = (entries: readonly EntryBody[]): Entry[] =>
  entries.map(({ source, destination, amount, asset }) => ({
    source,
    destination,
    amount: `${amount}`,
    asset,
  }));
