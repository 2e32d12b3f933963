import type { LastLook } from '../../stuck/last-look.read.js';
import type { OpenFinding } from '../daily-content.js';
import { countOf, spanOf, timeOf } from './figures.js';
import { html, type Html, nothing } from './html.js';
import { alarming, framed, type Sheet, table, verdict } from './layout.js';
import { todoList } from './todo-list.js';

/** What stands still now: the last look, and the findings that it keeps. */
export interface Stuck {
  readonly tenantName: string;
  readonly zone: string;
  readonly look: LastLook | undefined;
  readonly findings: readonly OpenFinding[];
}

export function stuckPage({ tenantName, zone, look, findings }: Stuck, sheet: Sheet): string {
  const { texts, language } = sheet;
  const at = look === undefined ? texts.neverLooked : timeOf(look.finished_at.toISOString(), zone, language);
  const list = html`<h2>${texts.listTitle}</h2>
    ${todoList({ findings, notListed: 0, zone }, sheet)}`;
  const body = html`${lead(look, sheet)}
    <p class="soft">${texts.stuckPurpose}</p>
    ${findings.length === 0 ? nothing : list} ${look?.result ? lookOf(look.result, sheet) : nothing}`;
  const line = look === undefined ? html`${at}` : html`${texts.lookedAt} ${at} (${zone})`;
  return framed({ ...sheet, title: texts.stuckTitle, tenantName, line }, body);
}

type Result = NonNullable<LastLook['result']>;

function lead(look: LastLook | undefined, { texts, language }: Sheet): Html {
  if (look === undefined) return verdict('MED', [texts.neverLooked], texts.neverLookedDo);
  const { result, failure_detail, status } = look;
  const missed = status === 'failed' ? [`${texts.lookFailed} ${failure_detail ?? texts.notKnown}`] : [];
  const all =
    result === null ? 0 : (result.payouts ?? 0) + result.operations + result.parked + result.late.length;
  if (all > 0) return verdict('HIGH', [texts.stuckBad(countOf(all, language)), ...missed], texts.stuckBadDo);
  return missed.length > 0
    ? verdict('MED', missed, texts.lookFailedDo)
    : verdict('good', [texts.stuckGood], texts.stuckGoodDo);
}

function lookOf({ payouts, operations, parked, late, streams }: Result, { texts, language }: Sheet): Html {
  const tile = (count: number | null, text: string): Html =>
    html`<div class="tile ${(count ?? 0) > 0 ? 'HIGH' : ''}">
      <b>${count === null ? '?' : countOf(count, language)}</b
      >${text}${count === null ? html`<br /><span>${texts.notKnown}</span>` : nothing}
    </div>`;
  const rows = streams.map(({ stream, lateSeconds, behind }) => [
    stream,
    alarming(spanOf(lateSeconds, texts), late.includes(stream)),
    behind === null ? '–' : countOf(behind, language),
  ]);
  return html`<h2>${texts.figuresTitle}</h2>
    <div class="tiles">
      ${tile(payouts, texts.payouts)}${tile(operations, texts.operations)}
      ${tile(parked, texts.parked)}${tile(late.length, texts.lateStreams)}
    </div>
    <h2>${texts.streamsTitle}</h2>
    ${table([[texts.stream], [texts.late, 'n'], [texts.behind, 'n']], rows)}`;
}
