import { LedgerCommandV1 } from './command.js';
import { LedgerEventV1, LedgerRefusalV1 } from './event.js';

const DAY_MS = 86_400_000;

/**
 * The ledger's topics. Keys are `<tenant>/<ledger>`, so that the order of a ledger is the order of its
 * partition.
 */
export const LedgerTopics = {
  commands: {
    name: 'defter.ledger.commands.v1',
    key: 'tenant/ledger',
    partitions: 6,
    retentionMs: 7 * DAY_MS,
    schema: LedgerCommandV1,
    unknownTypes: 'poison',
  },
  events: {
    name: 'defter.ledger.events.v1',
    key: 'tenant/ledger',
    partitions: 6,
    retentionMs: -1,
    schema: LedgerEventV1,
  },
  /** Events again, from a sequence that somebody asked for; the header `defter-replay` names the pipeline. */
  replays: {
    name: 'defter.ledger.replays.v1',
    key: 'tenant/ledger',
    partitions: 6,
    retentionMs: 30 * DAY_MS,
    schema: LedgerEventV1,
  },
  refusals: {
    name: 'defter.ledger.refusals.v1',
    key: 'tenant/ledger',
    partitions: 6,
    retentionMs: 30 * DAY_MS,
    schema: LedgerRefusalV1,
  },
} as const;
