import { join } from 'node:path';
import { databaseUrl } from './databases.js';
import type { KafkaLogins } from './kafka-logins.js';
import { CHECKOUT } from './service-process.js';
import type { ServiceName, ServicePorts, ServiceSpec } from './service-list.js';
import type { StackSettings } from './settings-file.js';

/** What the environment of every service is made of. */
export interface Surroundings {
  readonly dir: string;
  readonly adminUrl: string;
  readonly brokers: string;
  readonly kafkaLogins: KafkaLogins;
  readonly settings: StackSettings;
  /** Ports of the first replica of each service: where the others find it. */
  readonly ports: ReadonlyMap<ServiceName, ServicePorts>;
  /** Where the mock provider sends its webhooks, in turn: every replica of the ingress. */
  readonly ingressUrls: readonly string[];
  readonly extra: Readonly<Record<string, string>>;
}

/** A service's environment: the same addresses for all, its own ports, database and token. */
export function environmentOf(
  spec: ServiceSpec,
  ports: ServicePorts,
  around: Surroundings,
): Record<string, string> {
  const token = around.settings.serviceToken(spec.name);
  return {
    ...inherited(),
    ...addresses(around),
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: `${ports.http}`,
    MANAGEMENT_PORT: `${ports.management}`,
    ...(ports.grpc === undefined ? {} : { GRPC_PORT: `${ports.grpc}` }),
    ...(spec.database === undefined
      ? {}
      : { DATABASE_URL: databaseUrl(around.adminUrl, spec.database, 'service') }),
    ...(token === undefined ? {} : { SERVICE_TOKEN: token }),
    KAFKA_BROKERS: around.brokers,
    ...around.kafkaLogins(spec.name),
    TENANTS_FILE: around.settings.file,
    STATE_DIR: join(around.dir, spec.name),
    ...(spec.name === 'ledger' ? checkpoints(around) : {}),
    ...(spec.name === 'webhook-delivery' ? outboundWebhooks(around) : {}),
    ...(spec.name === 'reconciliation' ? reconciliation(around) : {}),
    ...(spec.name === 'payments' ? { CHECKOUT_URL: `http://127.0.0.1:${ports.http}` } : {}),
    ...around.extra,
  };
}

/** For `migrate` only: the owner's connection too, which no running service has. */
export function migratorEnvironment(
  spec: ServiceSpec,
  ports: ServicePorts,
  around: Surroundings,
): Record<string, string> {
  const owner = databaseUrl(around.adminUrl, spec.database ?? spec.name, 'migrator');
  return { ...environmentOf(spec, ports, around), MIGRATOR_DATABASE_URL: owner };
}

/** A key of its own for each stack, and proofs soon after a commit. */
function checkpoints({ settings }: Surroundings): Record<string, string> {
  return { CHECKPOINT_KEY_FILE: settings.checkpointKeyFile, CHECKPOINT_INTERVAL: '1s' };
}

/** Mails are files; what one process says the others hear at once. */
function reconciliation({ dir }: Surroundings): Record<string, string> {
  return { REPORT_MAIL_DIR: join(dir, 'mail'), INTERNAL_LAG: '1s' };
}

/** Receivers of a stack to try things with listen on this machine, on any port, without a certificate. */
function outboundWebhooks({ settings }: Surroundings): Record<string, string> {
  const open = { ALLOW_HTTP: 'true', ALLOW_LOOPBACK: 'true', ALLOWED_PORTS: '*' };
  return { SEALING_KEYS_FILE: settings.sealingKeysFile, ...open };
}

function addresses({ ports, ingressUrls }: Surroundings): Record<string, string> {
  const http = (name: ServiceName): string => `http://127.0.0.1:${ports.get(name)?.http ?? 0}`;
  return {
    LEDGER_URL: http('ledger'),
    LEDGER_GRPC_URL: `127.0.0.1:${ports.get('ledger')?.grpc ?? 0}`,
    PAYMENTS_URL: http('payments'),
    WEBHOOK_INGRESS_URL: http('webhook-ingress'),
    WEBHOOK_BASE_URL: ingressUrls.join(','),
    RECONCILIATION_URL: http('reconciliation'),
    MOCK_PSP_URL: http('mock-psp'),
    WEBHOOK_DELIVERY_URL: http('webhook-delivery'),
    MOCK_PSP_TEST_ENDPOINTS: 'true',
    EXEMPTIONS_FILE: join(CHECKOUT, 'charts/defter/exemptions.json'),
    WATCHED_SERVICES: [...ports]
      .map(([name, { management }]) => `${name}=http://127.0.0.1:${management}`)
      .join(),
  };
}

// Not the whole environment of whoever starts us: a test runner's NODE_ENV or NODE_OPTIONS would change the
// services.
function inherited(): Record<string, string> {
  // A local stack has no Prometheus; whoever has one can name it.
  const names = ['PATH', 'HOME', 'TMPDIR', 'LOG_LEVEL', 'PROMETHEUS_URL'];
  const given = names.map((name) => [name, process.env[name]] as const);
  return {
    TZ: 'UTC',
    ...Object.fromEntries(given.filter((pair): pair is [string, string] => pair[1] !== undefined)),
  };
}
