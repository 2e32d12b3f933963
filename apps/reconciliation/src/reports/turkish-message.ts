import { amountOf } from './page/figures.js';

/** What a finding is about, as it is kept with it: sides as the classifier saw them, amounts as text. */
type Facts = Readonly<Record<string, unknown>>;
type Side = Readonly<Record<string, unknown>>;

const results: Readonly<Record<string, string>> = {
  ...{ succeeded: 'başarılı', returned: 'ödendi ve geri döndü', declined: 'reddedildi' },
  ...{ failed: 'başarısız', errored: 'hiç gönderilmedi', pending: 'sürüyor', sending: 'gönderiliyor' },
  ...{ unknown: 'sonucu bilinmiyor', canceled: 'iptal edildi' },
};
const kinds: Readonly<Record<string, string>> = {
  ...{ sale: 'tahsilat', charge: 'tahsilat', capture: 'tahsilat', refund: 'iade', payout: 'para çekme' },
  ...{ payout_reversal: 'geri dönen para çekme', chargeback: 'ters ibraz', fee: 'ücret' },
};

const sideOf = (facts: Facts, name: string): Side | undefined => {
  const side = facts[name];
  return typeof side === 'object' && side !== null ? (side as Side) : undefined;
};
const textOf = (side: Side, name: string): string => {
  const value = side[name];
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
};
const wordOf = (words: Readonly<Record<string, string>>, word: string): string =>
  Object.hasOwn(words, word) ? (words[word] ?? word) : word;
const moneyOf = (side: Side, amount = 'amount'): string =>
  amountOf(textOf(side, amount) || '0', textOf(side, 'currency'), 'tr');
const placeOf = (line: Side): string =>
  `${textOf(line, 'reportRef').replace(/^file:/, '')} satır ${textOf(line, 'lineNumber')}`;

type Say = (line: Side, operation: Side) => string;

/** Of what a line of the provider and an operation of ours say. */
const pairs: Readonly<Record<string, Say>> = {
  amount_mismatch: (line, ours) => `sağlayıcı ${moneyOf(line)} bildirdi, beklenen ${moneyOf(ours)}.`,
  currency_mismatch: (line, ours) => `sağlayıcı ${moneyOf(line)} diyor, biz ${moneyOf(ours)} diyoruz.`,
  fee_mismatch: (line, ours) =>
    `sağlayıcı ${moneyOf(line, 'fee')} ücret kesti, beklenen ${moneyOf(ours, 'fee')}.`,
  status_mismatch: (_, ours) =>
    `sağlayıcı ödendi diyor, bizde durumu: ${wordOf(results, textOf(ours, 'result'))}.`,
  duplicate_settlement_line: (line) => `sağlayıcı ${moneyOf(line)} tutarını bir kez daha bildiriyor.`,
  late_settlement: (line) => `${textOf(line, 'businessOn')} gününde, olağandan geç bildirildi.`,
};

function ofOperation(type: string, operation: Side): string | null {
  const result = wordOf(results, textOf(operation, 'result'));
  const kind = wordOf(kinds, textOf(operation, 'kind'));
  const about = `${textOf(operation, 'operationId')} işlemi (${kind}, ${moneyOf(operation)})`;
  if (type === 'missing_at_psp') return `${about} bizde: ${result}; sağlayıcının raporlarında yok.`;
  if (type === 'missing_in_ledger') return `${about}: ${result}, ama deftere işlenmemiş.`;
  if (type === 'payout_returned') return `${about} ödendi ve geri döndü.`;
  return type === 'duplicate_charge' ? `${about} aynı ödeme için ikinci tahsilat.` : null;
}

function ofOthers(type: string, facts: Facts): string | null {
  const [booking, batch] = [sideOf(facts, 'booking'), sideOf(facts, 'batch')];
  if (booking !== undefined)
    return (
      `Banka ${textOf(booking, 'bookedOn')} gününde ${moneyOf(booking)} kaydetti; ` + 'hiçbir takasa uymuyor.'
    );
  if (batch !== undefined) {
    const name = `${textOf(batch, 'batchRef')} takasının ${textOf(batch, 'lines')} satırı`;
    return type === 'late_settlement'
      ? `${name} (${moneyOf(batch, 'net')}) bankaya ulaşmadı.`
      : `${name} ${moneyOf(batch, 'net')} ediyor, banka ${moneyOf(batch, 'paid')} kaydetti.`;
  }
  if (type === 'payout_stuck')
    return (
      `${textOf(facts, 'payoutId')} para çekmesi (${moneyOf(facts)}) ilerlemiyor; ` +
      `durumu: ${textOf(facts, 'status')}.`
    );
  if (type === 'unknown_operation_aged')
    return `${textOf(facts, 'operationId')} işleminin (${moneyOf(facts)}) sonucu bilinmiyor.`;
  const report = textOf(facts, 'reportRef').replace(/^(file|statement):/, '');
  const about = `${report} raporu (${textOf(facts, 'businessOn')})`;
  if (type === 'report_reissued') return `${about} başka içerikle yeniden geldi; artık yenisi geçerli.`;
  if (type === 'report_missing')
    return `${textOf(facts, 'businessOn')} gününün raporu gelmedi, oysa para hareketi var.`;
  return type === 'batch_sum_mismatch' && report !== ''
    ? `${about} reddedildi: ${textOf(facts, 'reason')}`
    : null;
}

/** A finding's message in Turkish, from its facts; null where there is none, and the English one stands. */
export function turkishMessage(type: string, facts: Facts): string | null {
  const [line, operation] = [sideOf(facts, 'line'), sideOf(facts, 'operation')];
  if (line !== undefined && operation !== undefined) {
    const say = Object.hasOwn(pairs, type) ? pairs[type] : undefined;
    return say === undefined
      ? null
      : `${textOf(operation, 'operationId')} işlemi, ${placeOf(line)}: ${say(line, operation)}`;
  }
  if (line !== undefined) {
    const reference = textOf(line, 'providerRef') || 'yok';
    const kind = wordOf(kinds, textOf(line, 'kind'));
    const named = `(referans ${reference}, ${placeOf(line)})`;
    return `Sağlayıcı ${moneyOf(line)} tutarında bir ${kind} bildirdi ${named}; bizde böyle bir işlem yok.`;
  }
  return operation === undefined ? ofOthers(type, facts) : ofOperation(type, operation);
}
