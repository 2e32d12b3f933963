import type { Problem } from '@defter/platform';
import type { TakeRefusal } from './take-operation.decider.js';
import type { ScenarioRefusal } from '../scenarios/scenario.js';

export const operationProblems = {
  'instrument-unknown': { status: 400, title: 'There is no such payment method' },
  'scenario-unknown': { status: 400, title: 'There is no such scenario' },
  'scenario-parameter-wrong': { status: 400, title: 'The scenario has a wrong parameter' },
  'scenario-conflict': { status: 400, title: 'Two scenarios contradict each other' },
  'scenario-not-for-kind': { status: 400, title: 'The scenario is not for this kind of operation' },
  'operation-id-reused': { status: 409, title: 'The operation id stands for another operation' },
  'charge-missing': { status: 422, title: 'A refund names its charge; a capture or void its authorization' },
  'charge-not-expected': { status: 422, title: 'Only a refund, capture or void names what it is about' },
  'charge-not-found': { status: 422, title: 'There is no such charge or authorization' },
  'charge-not-succeeded': { status: 422, title: 'The charge or authorization has not succeeded' },
  'currency-differs-from-charge': { status: 422, title: 'The charge or authorization has another currency' },
  'refund-exceeds-charge': { status: 422, title: 'More than is left of the charge' },
  'capture-exceeds-authorization': { status: 422, title: 'More than is left of the authorization' },
  'charge-not-waiting': { status: 422, title: 'The charge waits for no payer; refund it' },
  'authorization-voided': { status: 422, title: 'The authorization was voided' },
  'authorization-expired': { status: 422, title: 'The authorization is older than seven days' },
} satisfies Record<(TakeRefusal | ScenarioRefusal)['code'], Problem>;
