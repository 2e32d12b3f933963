/** A range of time whose messages go to an endpoint again. */
export interface Replay {
  readonly id: string;
  readonly endpointId: string;
  readonly fromAt: Date;
  readonly toAt: Date;
  /** Only messages that the endpoint doesn't have yet. */
  readonly onlyFailed: boolean;
  /** Messages a second. */
  readonly rate: number;
  readonly actor: string;
  readonly state: 'running' | 'done' | 'canceled';
  readonly doneAt: Date;
  readonly doneId: string;
  readonly seen: number;
  readonly queued: number;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export const REPLAY_COLUMNS = `
  id, endpoint_id as "endpointId", from_at as "fromAt", to_at as "toAt", only_failed as "onlyFailed", rate,
  actor, state, done_at as "doneAt", done_id as "doneId", seen, queued, created_at as "createdAt",
  ended_at as "endedAt"`;
