import type { Problem } from '@defter/platform';

export type FileRefusal = {
  readonly code:
    'connection-unknown' | 'file-too-large' | 'file-refused' | 'file-name-taken' | 'mapping-missing';
};

export const fileProblems = {
  'connection-unknown': { status: 404, title: 'There is no such connection' },
  'file-too-large': { status: 413, title: 'The file is larger than allowed' },
  'file-refused': { status: 422, title: 'The file can’t be used; nothing of it was, and it was kept' },
  'file-name-taken': { status: 409, title: 'A file of this name is here, about other dates' },
  'mapping-missing': { status: 409, title: 'The connection has no mapping yet' },
} satisfies Record<FileRefusal['code'], Problem>;
