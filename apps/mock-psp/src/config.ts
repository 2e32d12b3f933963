import {
  baseConfig,
  bool,
  type ConfigOf,
  defineConfig,
  list,
  port,
  tenantsConfig,
  text,
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
  /** The routes under /_test that inject faults and show the whole book. */
  testEndpoints: bool('MOCK_PSP_TEST_ENDPOINTS', false),
});
export type Config = ConfigOf<typeof config>;
