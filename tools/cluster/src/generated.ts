// Files of the chart and of k8s/ that are made from the code. A test compares them;
// `./defter cluster generate` writes them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';
import { topicManifests } from './kafka/topic-manifests.js';
import { userManifests } from './kafka/user-manifests.js';
import { dashboardFiles } from './observability/dashboards.js';
import { objectiveRules } from './observability/objective-rules.js';
import { databaseManifests } from './postgres/database-manifests.js';
import { knownSettings } from './settings/known-settings.js';

/** What the generated files have to contain, by their path in the checkout. */
export function generatedFiles(): Record<string, string> {
  return {
    'charts/defter/settings.json': `${JSON.stringify(knownSettings(), null, 2)}\n`,
    ...Object.fromEntries(
      Object.entries(dashboardFiles()).map(([uid, text]) => [`charts/defter/dashboards/${uid}.json`, text]),
    ),
    'charts/defter/rules/objectives.yaml': objectiveRules(),
    'k8s/kafka/topics.yaml': topicManifests(),
    'k8s/kafka/users.yaml': userManifests(),
    'k8s/postgres/clusters.yaml': databaseManifests(),
  };
}

/** Writes all of them. */
export function writeGenerated(): void {
  for (const [path, text] of Object.entries(generatedFiles())) {
    mkdirSync(dirname(join(CHECKOUT, path)), { recursive: true });
    writeFileSync(join(CHECKOUT, path), text);
  }
}
