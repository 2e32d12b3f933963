import {
  baseConfig,
  bool,
  type ConfigOf,
  defineConfig,
  integer,
  list,
  optional,
  port,
  tenantsConfig,
  text,
  url,
} from '@defter/platform';

export const config = defineConfig({
  ...baseConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 4500),
  managementPort: port('MANAGEMENT_PORT', 4509),
  /** Folder of the journal. */
  stateDir: text('STATE_DIR'),
  /** Where webhooks go: base URLs, used in turn; the connection's webhook path is added. */
  webhookBaseUrls: list('WEBHOOK_BASE_URL', ['http://127.0.0.1:4300']),
  /** The routes under /_test that inject faults, move the clock and show the whole book. */
  testEndpoints: bool('MOCK_PSP_TEST_ENDPOINTS', false),
  /** With the operation id it decides what looks like chance. */
  seed: text('MOCK_PSP_SEED', 'defter'),
  /** Where payers' browsers reach this service; without it, at the host that the caller used. */
  publicUrl: optional(url('MOCK_PSP_PUBLIC_URL')),
  /** The journal may grow so large, in MiB; after that new operations are refused. */
  bookLimitMiB: integer('MOCK_PSP_BOOK_LIMIT_MIB', 256),
});
export type Config = ConfigOf<typeof config>;
