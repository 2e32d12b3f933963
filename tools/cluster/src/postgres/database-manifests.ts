import { SERVICES, type ServiceSpec } from '@defter/embedded';
import { stringify } from 'yaml';

const HEADER = `# Made from the list of services (./defter cluster generate): a test compares them.
# Needs CloudNativePG 1.24 or newer. A commit is acknowledged when a second machine has it, and waits while
# none can: never one copy only. Each database belongs to its migrator; the service's own role may only
# connect, and gets what migrations grant.
`;

/** A CloudNativePG cluster of each service that has a database. */
export function databaseManifests(): string {
  const owners = SERVICES.filter(({ database }) => database !== undefined);
  return HEADER + owners.map((service) => stringify(clusterOf(service))).join('---\n');
}

function clusterOf({ name, database = '' }: ServiceSpec): object {
  const role = `defter_${database}`;
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: `defter-${name}` },
    spec: {
      instances: 3,
      imageCatalogRef: {
        apiGroup: 'postgresql.cnpg.io',
        kind: 'ClusterImageCatalog',
        name: 'postgresql',
        major: 18,
      },
      bootstrap: {
        initdb: {
          database,
          owner: `${role}_migrator`,
          dataChecksums: true,
          postInitSQL: [`create role ${role} login`],
          postInitApplicationSQL: [
            `revoke all on database ${database} from public`,
            `grant connect on database ${database} to ${role}`,
          ],
        },
      },
      managed: {
        roles: [
          { name: role, ensure: 'present', login: true, passwordSecret: { name: `defter-${name}-role` } },
        ],
      },
      postgresql: {
        synchronous: { method: 'any', number: 1, dataDurability: 'required' },
        parameters: { synchronous_commit: 'on', max_connections: '200' },
      },
      storage: { size: '100Gi' },
      walStorage: { size: '20Gi' },
      resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { cpu: '4', memory: '4Gi' } },
      affinity: { podAntiAffinityType: 'required', topologyKey: 'kubernetes.io/hostname' },
      enablePDB: true,
      monitoring: { enablePodMonitor: true },
    },
  };
}
