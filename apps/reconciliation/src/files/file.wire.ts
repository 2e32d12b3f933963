import { Type } from 'class-transformer';
import {
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { HasNoCardNumber } from '@defter/platform';
import type { ReceivedFileView } from '@defter/reconciliation-contracts';
import { type FileFormat, fileFormats, Mapping } from '../formats/formats.js';
import type { ReceivedFile } from './received-file.js';

const id = /^[A-Za-z0-9_-]{1,64}$/;

/** The query of `POST …/files`; the body is the file. */
export class HandInQuery {
  @Matches(id, { message: 'provider must be an id' }) provider!: string;
  @Matches(id, { message: 'connection_id must be an id' }) connection_id!: string;
  @IsIn(fileFormats) format!: FileFormat;
  /** Whoever hands in a correction of a report uses the name that it had; a statement has its own. */
  @Matches(/^[\p{L}\p{N} ._()-]{1,200}$/u, {
    message: 'name must be 1 to 200 letters, digits, spaces and . _ ( ) -',
  })
  @HasNoCardNumber()
  name!: string;
  /** The file replaces the one of its name, though that is about other dates. */
  @IsOptional() @IsIn(['true', 'false']) replace?: 'true' | 'false';
}

export class ListFilesQuery {
  @IsOptional() @IsString() @MaxLength(4096) cursor?: string;
  @IsOptional() @IsString() @MaxLength(9) page_size?: string;
}

/** How a connection is reconciled; what is left out is as usual. */
export class ConnectionRuleBody {
  /** How long its operations may be missing in its reports, in hours. */
  @IsOptional() @IsInt() @Min(0) @Max(8_760) settlement_lag_hours?: number;
  @IsOptional() @ValidateNested() @Type(() => Mapping) mapping?: Mapping;
}

export class PreviewBody {
  @IsDefined() @ValidateNested() @Type(() => Mapping) mapping!: Mapping;
  /** The beginning of a file, as text. */
  @IsString() @MaxLength(500_000) sample!: string;
}

/** A file as callers see it. */
export const toFileView = (file: ReceivedFile): ReceivedFileView => ({
  id: file.file_id,
  provider: file.provider,
  connection_id: file.connection_id,
  name: file.name,
  format: file.format,
  content_hash: file.content_hash,
  bytes: `${file.byte_count}`,
  accepted: file.accepted,
  refusals: file.refusals,
  reports: file.reports ?? [],
  received_by: file.received_by,
  received_at: file.received_at.toISOString(),
});
