import type { Problem } from '@defter/platform';
import type { FindingRefusal } from '@defter/reconciliation-domain';

export const findingProblems = {
  'finding-unknown': { status: 404, title: 'There is no such finding' },
  'finding-closed': { status: 409, title: 'The finding is closed already' },
  'finding-not-closed': { status: 409, title: 'The finding is not closed' },
  'finding-in-other-state': { status: 409, title: 'The finding is in another state' },
  'resolution-does-not-fit': { status: 422, title: 'This resolution does not fit this type of finding' },
  'resolution-needs-two-people': {
    status: 422,
    title: 'This resolution moves money: it needs the two-person workflow, which is not available yet',
  },
} satisfies Record<FindingRefusal['code'], Problem>;
