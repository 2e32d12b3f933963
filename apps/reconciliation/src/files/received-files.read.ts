import { Injectable } from '@nestjs/common';
import { Database, decodeCursor, encodeCursor, page, parsePageSize } from '@defter/platform';
import type { ReceivedFilePage, ReceivedFileView } from '@defter/reconciliation-contracts';
import { type ListFilesQuery, toFileView } from './file.wire.js';
import { RECEIVED_COLUMNS, type ReceivedFile } from './received-file.js';

const CURSOR = 'files';

const LIST = `
  select ${RECEIVED_COLUMNS} from received_file
   where tenant_id = $1 and ($2::timestamptz is null or (received_at, file_id) < ($2, $3::uuid))
   order by received_at desc, file_id desc limit $4`;
const FIND = `select ${RECEIVED_COLUMNS} from received_file where tenant_id = $1 and file_id = $2`;

/** The files that were handed in, newest first. */
@Injectable()
export class ReceivedFiles {
  constructor(private readonly database: Database) {}

  async list(tenantId: string, { cursor, page_size }: ListFilesQuery): Promise<ReceivedFilePage> {
    const size = parsePageSize(page_size, 20, 100, 'page_size');
    const [at, id] = cursor === undefined ? [null, null] : decodeCursor(CURSOR, cursor, parsePlace);
    const rows = await this.database.query<ReceivedFile>(LIST, [tenantId, at, id, size + 1]);
    const cursorAfter = ({ received_at, file_id }: ReceivedFile): string =>
      encodeCursor(CURSOR, [received_at.toISOString(), file_id]);
    return page(rows, size, { of: toFileView, cursorAfter });
  }

  async find(tenantId: string, fileId: string): Promise<ReceivedFileView | undefined> {
    if (!isFileId(fileId)) return undefined;
    const [file] = await this.database.query<ReceivedFile>(FIND, [tenantId, fileId]);
    return file && toFileView(file);
  }
}

const isFileId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function parsePlace(place: unknown): [string, string] {
  const [at, id] = place as unknown[];
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at)) || typeof id !== 'string' || !isFileId(id))
    throw new Error('no place');
  return [at, id];
}
