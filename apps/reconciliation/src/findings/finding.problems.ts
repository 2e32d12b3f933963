import type { Problem } from '@defter/platform';
import type { FindingRefusal } from '@defter/reconciliation-domain';
import type { LinkRefusal } from './links.js';
import type { ContentRefusal } from './proposals.js';

/** Said of what was sent: it is mended and sent again, under the key of the same button. */
const mendable = { isPassing: true } as const;

export const findingProblems = {
  'finding-unknown': { status: 404, title: 'There is no such finding' },
  'finding-closed': {
    status: 409,
    title: 'The finding is closed; by, at and resolution say how. Reopen it first',
  },
  'finding-not-closed': { status: 409, title: 'The finding is not closed' },
  'finding-in-other-state': { status: 409, title: 'The finding is in another state' },
  'resolution-does-not-fit': {
    status: 422,
    title: 'This resolution does not fit this type of finding',
    ...mendable,
  },
  'resolution-needs-two-people': {
    status: 422,
    title: 'This resolution moves money: propose the entries, and another person approves them',
    ...mendable,
  },
  'correction-stands': {
    status: 409,
    title: 'It came, and what was booked for it stands: two people take it back, POST …/take-back',
  },
  'relink-needs-operation': {
    status: 422,
    title: 'Say which operation the line is: POST …/relink',
    ...mendable,
  },
  'line-missing': {
    status: 422,
    title: 'The finding has no settlement line that could be linked',
    ...mendable,
  },
  'operation-unknown': {
    status: 422,
    title: 'The connection has no such operation of this kind',
    ...mendable,
  },
  'operation-taken': { status: 409, title: 'Another line has settled this operation already' },
  'line-taken': { status: 409, title: 'The line is of another operation already' },
  'link-missing': { status: 409, title: 'No link holds that could be taken back' },
  'proposal-open': { status: 409, title: 'A proposal is open: decide about it, or withdraw it, first' },
  'proposal-not-open': { status: 409, title: 'This proposal of the finding is not open' },
  'proposal-booking': { status: 409, title: 'The ledger is being asked to book it: nobody can stop it now' },
  'proposal-approved': { status: 409, title: 'The proposal is approved already' },
  'proposal-not-approved': { status: 409, title: 'The proposal is not approved' },
  'proposal-expired': { status: 409, title: 'The proposal has expired: propose anew' },
  'proposal-not-as-seen': { status: 409, title: 'The hash is of something else; look again', ...mendable },
  'take-back-is-fixed': { status: 409, title: 'Taking back has no other entries: withdraw it instead' },
  'person-required': { status: 403, title: 'A person must do this' },
  'approver-is-proposer': { status: 403, title: 'Whoever proposed cannot decide about it' },
  'approver-handed-it-in': { status: 403, title: 'Whoever handed in its files cannot approve' },
  'not-the-proposer': { status: 403, title: 'Only whoever proposed can do this' },
  'difference-gone': { status: 409, title: 'The difference is gone: there is nothing left to correct' },
  'difference-not-confirmed': { status: 409, title: 'No run has seen the difference since the approval' },
  'exceeds-difference': { status: 422, title: 'More than the finding explains', ...mendable },
  'entries-not-allowed': {
    status: 422,
    title: 'These entries can’t be proposed; faults says why',
    ...mendable,
  },
  'correction-stands-again': {
    status: 409,
    title:
      'Its correction was reverted in the ledger and stands there again, for the reversal was reverted, ' +
      'too: what is to be corrected is in the books. Revert that once more, or resolve the finding with it',
  },
  'correction-not-standing': {
    status: 409,
    title: 'No correction stands that could be taken back; state, by and at say what became of it',
  },
} satisfies Record<(FindingRefusal | ContentRefusal | LinkRefusal)['code'], Problem>;
