import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  ValidateNested,
} from 'class-validator';
import { HasForm } from '@defter/platform';
import type { Book } from '../book/book.js';
import { faultKinds, type FaultKind } from '../book/book-event.wire.js';
import { finalStep, type Operation, stepAt } from '../operations/operation.js';
import { operationView } from '../operations/operation.wire.js';
import { parseScenario } from '../scenarios/scenarios.js';
import type { InjectedFault } from '../settlements/settlements.read.js';

export class FaultBody {
  @IsIn(faultKinds) kind!: FaultKind;
  /** No comma or line end: it may come to stand in the file. */
  @IsOptional()
  @HasForm(/^[A-Za-z0-9_.:-]{1,128}$/, '1 to 128 letters, digits, _, ., : and -')
  operationId?: string;
}

/** Body of POST /_test/report-faults. */
export class ReportFaultsBody {
  @IsString() connectionId!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => FaultBody)
  faults!: FaultBody[];
}

export function injectedView({ fault, businessOn, lineNumber, line, trueLine }: InjectedFault) {
  const { id, connectionId, kind, operationId } = fault;
  return { id, connectionId, kind, operationId, date: businessOn, lineNumber, line, trueLine };
}

/**
 * An operation with where it stands, where it ends, and how many of its webhooks are still to be
 * acknowledged.
 */
export function bookView(operation: Operation, book: Book, now: Date) {
  const { connectionId, customer, scenario, deliveries } = operation;
  return {
    ...operationView(operation, stepAt(operation, now)),
    final_status: finalStep(operation).status,
    connection_id: connectionId,
    customer,
    scenario,
    webhooks: deliveries.length,
    webhooks_open: deliveries.filter(({ id }) => book.isOpen(id)).length,
  };
}

/** Each word that was played, one by one: what was done to the operation on purpose. */
export function playedView({ connectionId, operationId, kind, scenario, providerRef }: Operation) {
  const parsed = kind === 'dispute' ? undefined : parseScenario(kind, scenario);
  if (parsed?.accepted !== true) return [];
  const named = { connectionId, operationId, providerRef, kind };
  return parsed.scenario.words
    .filter(({ word }) => word !== 'approve')
    .map(({ axis, word, parameter }) => ({ ...named, axis, word, parameter }));
}
