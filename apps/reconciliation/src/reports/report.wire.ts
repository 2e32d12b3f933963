import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { HasForm } from '@defter/platform';
import { isDate } from '../business-day.js';
import { weekNamed } from '../iso-week.js';
import { type Language, languages, type ReportKind } from './report.js';

export const formats = ['html', 'json', 'csv', 'md'] as const;
export type Format = (typeof formats)[number];

export const mediaTypes = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
} as const satisfies Record<Format, string>;

export class ReportQuery {
  @IsOptional() @IsIn(languages) lang?: Language;
  @IsOptional()
  @IsString()
  @MaxLength(9)
  @HasForm(/^[1-9]\d*$/, 'the number of a version, such as 2')
  version?: string;
}

/** A date, or `latest`, and in which form it is wanted, where the name says so. */
export interface ReportPlace {
  readonly businessOn: string | undefined;
  readonly format: Format | undefined;
}

const NAME = /^(latest|\d{4}-\d{2}-\d{2}|\d{4}-W\d{2})(?:\.(html|json|csv|md))?$/;

/**
 * Reads `2026-11-26`, `2026-11-26.csv`, `latest.html`, of the SLO report `2026-W48`; nothing for what is no
 * such name.
 */
export function toPlace(name: string): ReportPlace | undefined {
  const [, date = '', extension] = NAME.exec(name) ?? [];
  const businessOn = weekNamed(date)?.sunday ?? date;
  if (date !== 'latest' && !isDate(businessOn)) return undefined;
  return {
    businessOn: date === 'latest' ? undefined : businessOn,
    format: formats.find((format) => format === extension),
  };
}

/** The form that a caller prefers: a browser asks for pages, a program for JSON; of `slo` also Markdown. */
export function acceptedFormat(accept: string | undefined, kind?: ReportKind): Format {
  const wanted = (accept ?? '').split(',').map((each) => each.split(';')[0]?.trim());
  if (wanted.includes('text/html')) return 'html';
  if (kind === 'slo' && wanted.includes('text/markdown')) return 'md';
  return wanted.includes('text/csv') ? 'csv' : 'json';
}
