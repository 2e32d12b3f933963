/**
 * One service of the stack, as data: everything that starts, waits for or shows services loops over this
 * list.
 */
export interface ServiceSpec {
  readonly name: ServiceName;
  /** The roles that run in one process. */
  readonly roles: string;
  /** Its database; the roles of it are `defter_<database>` and `defter_<database>_migrator`. */
  readonly database?: string;
  /** Default ports; the next replica's are 10 higher. */
  readonly ports: ServicePorts;
  /** What its own token may do at other services, when it calls any. */
  readonly scopes?: readonly string[];
}

export type ServiceName =
  'ledger' | 'payments' | 'webhook-ingress' | 'reconciliation' | 'mock-psp' | 'webhook-delivery';

export interface ServicePorts {
  readonly http: number;
  readonly management: number;
  readonly grpc?: number;
}

export const SERVICES: readonly ServiceSpec[] = [
  {
    name: 'ledger',
    roles: 'http,grpc,worker',
    database: 'ledger',
    ports: { http: 4100, grpc: 4101, management: 4109 },
  },
  {
    name: 'payments',
    roles: 'http,worker',
    database: 'payments',
    ports: { http: 4200, management: 4209 },
    scopes: ['ledger:read', 'ledger:write', 'ledger:admin'],
  },
  {
    name: 'webhook-ingress',
    roles: 'http,worker',
    database: 'webhook_ingress',
    ports: { http: 4300, management: 4309 },
  },
  {
    name: 'reconciliation',
    roles: 'http,worker',
    database: 'reconciliation',
    ports: { http: 4400, management: 4409 },
    scopes: ['ledger:read', 'ledger:write', 'payments:read'],
  },
  { name: 'mock-psp', roles: 'http', ports: { http: 4500, management: 4509 } },
  {
    name: 'webhook-delivery',
    roles: 'http,worker',
    database: 'webhook_delivery',
    ports: { http: 4600, management: 4609 },
  },
];

export const POSTGRES_PORT = 54_329;
export const KAFKA_PORT = 19_092;
