import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { HasForm } from '@defter/platform';
import { isDate } from '../business-day.js';
import { type Language, languages } from './report.js';

export const formats = ['html', 'json', 'csv'] as const;
export type Format = (typeof formats)[number];

export const mediaTypes = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
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

/** Reads `2026-11-26`, `2026-11-26.csv`, `latest.html`; nothing for what is no such name. */
export function toPlace(name: string): ReportPlace | undefined {
  const [, date = '', extension] = /^(latest|\d{4}-\d{2}-\d{2})(?:\.(html|json|csv))?$/.exec(name) ?? [];
  if (date !== 'latest' && !isDate(date)) return undefined;
  return {
    businessOn: date === 'latest' ? undefined : date,
    format: formats.find((format) => format === extension),
  };
}

/** The form that a caller prefers: a browser asks for pages, a program for JSON. */
export function acceptedFormat(accept: string | undefined): Format {
  const wanted = (accept ?? '').split(',').map((each) => each.split(';')[0]?.trim());
  if (wanted.includes('text/html')) return 'html';
  return wanted.includes('text/csv') ? 'csv' : 'json';
}
