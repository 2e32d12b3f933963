// A delivery is one message on its way to one endpoint.
//
//   pending    waits for its time
//   sending    a worker has it; when the worker's lease runs out, another one takes it
//   delivered  the receiver answered 2xx
//   dead       the ladder is exhausted; a person may try again
//   canceled   its endpoint was deleted

export type DeliveryState = 'pending' | 'sending' | 'delivered' | 'dead' | 'canceled';
export type DeliveryTrigger =
  | 'leased'
  | 'accepted by the receiver'
  | 'failed'
  | 'failed for the last time'
  | 'retried by a person'
  | 'endpoint deleted';

type Edges = Readonly<Record<DeliveryState, Partial<Readonly<Record<DeliveryTrigger, DeliveryState>>>>>;

/** What moves between the states; SQL and deciders take their states from here. */
export const deliveryEdges: Edges = {
  pending: {
    leased: 'sending',
    'failed for the last time': 'dead',
    'retried by a person': 'pending',
    'endpoint deleted': 'canceled',
  },
  sending: {
    leased: 'sending',
    'accepted by the receiver': 'delivered',
    failed: 'pending',
    'failed for the last time': 'dead',
    'endpoint deleted': 'canceled',
  },
  delivered: { 'retried by a person': 'pending' },
  dead: { 'retried by a person': 'pending' },
  canceled: {},
};

export const deliveryStates = Object.keys(deliveryEdges) as readonly DeliveryState[];

/** The state after the trigger; undefined where the table has no such edge. */
export const afterTrigger = (from: DeliveryState, trigger: DeliveryTrigger): DeliveryState | undefined =>
  deliveryEdges[from][trigger];

/** The states that have an edge for the trigger. */
export const statesWith = (trigger: DeliveryTrigger): DeliveryState[] =>
  deliveryStates.filter((state) => afterTrigger(state, trigger) !== undefined);

/** The table as a Mermaid diagram, edges in the table's order. */
export const deliveryDiagram = (): string => {
  const edges = Object.entries(deliveryEdges).flatMap(([from, targets]) =>
    Object.entries(targets).map(([trigger, to]) => `  ${from} --> ${to}: ${trigger}`),
  );
  return ['stateDiagram-v2', '  [*] --> pending', ...edges, '  canceled --> [*]'].join('\n');
};
