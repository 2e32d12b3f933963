// Writes the schemas beside this file: of the kinds that we make, from the modules that Kubernetes and the
// operators publish (node tools/cluster/schemas/make.mjs; needs Go, a JDK and Maven). Descriptions go, and
// unknown members are refused: a misspelt one would do nothing.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

const KUBERNETES = 'k8s.io/kubernetes@v1.34.4';
const KINDS = {
  'v1/ConfigMap': 'io.k8s.api.core.v1.ConfigMap',
  'v1/Namespace': 'io.k8s.api.core.v1.Namespace',
  'v1/Secret': 'io.k8s.api.core.v1.Secret',
  'v1/Service': 'io.k8s.api.core.v1.Service',
  'v1/ServiceAccount': 'io.k8s.api.core.v1.ServiceAccount',
  'apps/v1/Deployment': 'io.k8s.api.apps.v1.Deployment',
  'autoscaling/v2/HorizontalPodAutoscaler': 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'batch/v1/CronJob': 'io.k8s.api.batch.v1.CronJob',
  'batch/v1/Job': 'io.k8s.api.batch.v1.Job',
  'networking.k8s.io/v1/NetworkPolicy': 'io.k8s.api.networking.v1.NetworkPolicy',
  'policy/v1/PodDisruptionBudget': 'io.k8s.api.policy.v1.PodDisruptionBudget',
};
const MONITORING = [
  'github.com/prometheus-operator/prometheus-operator@v0.85.0',
  'example/prometheus-operator-crd/monitoring.coreos.com_',
];
const CUSTOM = [
  [...MONITORING, 'servicemonitors'],
  [...MONITORING, 'prometheusrules'],
  ...['scaledobjects', 'triggerauthentications'].map((name) => [
    'github.com/kedacore/keda/v2@v2.21.0',
    'config/crd/bases/keda.sh_',
    name,
  ]),
  [
    'github.com/external-secrets/external-secrets@v0.16.2',
    'config/crds/bases/external-secrets.io_',
    'externalsecrets',
  ],
];
/** Strimzi publishes no CRDs to a registry, but the classes that they are made from. */
const STRIMZI = 'io.strimzi:api:0.49.0';
const STRIMZI_KINDS = ['kafka.Kafka', 'nodepool.KafkaNodePool', 'topic.KafkaTopic', 'user.KafkaUser'];

const scratch = mkdtempSync(join(tmpdir(), 'defter-schemas-'));
writeFileSync(join(scratch, 'go.mod'), 'module scratch\n');
const folderOf = (module) =>
  JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { cwd: scratch, encoding: 'utf8' }))
    .Dir;

/** Go knows patterns that JavaScript doesn't; what they say is lost here. */
function isPattern(text) {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** The same schema, strict and without words. */
function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string')
    return { type: ['integer', 'string'] };
  const kept = Object.entries(schema).filter(
    ([key, value]) =>
      !/^(x-kubernetes-.*|description|format|default|title)$/.test(key) &&
      !(key === 'pattern' && typeof value === 'string' && !isPattern(value)),
  );
  const result = Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === 'properties' || key === 'definitions'
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, strict(inner)]))
        : strict(value),
    ]),
  );
  const open = schema['x-kubernetes-preserve-unknown-fields'] || 'additionalProperties' in schema;
  if (result.properties !== undefined && !open) result.additionalProperties = false;
  return result;
}

/** From Strimzi's classes, by a program of ours; its annotations aren't published, so they are made here. */
function strimziSchemas() {
  const classes = join(scratch, 'classes');
  const annotations = join(scratch, 'io/strimzi/crdgenerator/annotations');
  mkdirSync(annotations, { recursive: true });
  const values = {
    Minimum: 'int',
    Pattern: 'String',
    PresentInVersions: 'String',
    RequiredInVersions: 'String',
  };
  for (const [name, type] of Object.entries(values)) {
    const text = `package io.strimzi.crdgenerator.annotations;
      @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
      public @interface ${name} { ${type} value(); }`;
    writeFileSync(join(annotations, `${name}.java`), text);
  }
  const [group, artifact, version] = STRIMZI.split(':');
  const pom = `<project><modelVersion>4.0.0</modelVersion>
    <groupId>defter</groupId><artifactId>schemas</artifactId><version>1</version><packaging>pom</packaging>
    <dependencies><dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>
    <version>${version}</version></dependency></dependencies></project>`;
  writeFileSync(join(scratch, 'pom.xml'), pom);
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const libs = join(scratch, 'libs');
  const run = (command, args) => execFileSync(command, args, { cwd: scratch, encoding: 'utf8' });
  run('mvn', ['-q', '-B', '-C', copy, '-DincludeScope=runtime', `-DoutputDirectory=${libs}`]);
  const program = join(import.meta.dirname, 'strimzi/StrimziSchemas.java');
  const sources = Object.keys(values).map((name) => join(annotations, `${name}.java`));
  run('javac', ['-d', classes, '-cp', join(libs, '*'), program, ...sources]);
  const names = STRIMZI_KINDS.map((name) => `io.strimzi.api.kafka.model.${name}`);
  return JSON.parse(run('java', ['-cp', `${classes}:${join(libs, '*')}`, 'StrimziSchemas', ...names]));
}

function reachable(definitions, roots) {
  const seen = {};
  const visit = (name) => {
    if (seen[name] !== undefined) return;
    seen[name] = definitions[name];
    for (const [, ref] of JSON.stringify(seen[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(ref);
  };
  roots.forEach(visit);
  return seen;
}

const { definitions } = JSON.parse(
  readFileSync(join(folderOf(KUBERNETES), 'api/openapi-spec/swagger.json'), 'utf8'),
);
const kinds = Object.fromEntries(
  Object.entries(KINDS).map(([kind, name]) => [kind, { $ref: `#/definitions/${name}` }]),
);
const used = strict({ definitions: reachable(definitions, Object.values(KINDS)) }).definitions;
// A quantity may be written as a number.
used['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['number', 'string'] };
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
for (const [module, prefix, name] of CUSTOM) {
  const crd = parse(readFileSync(join(folderOf(module), `${prefix}${name}.yaml`), 'utf8'));
  const { group, names, versions } = crd.spec;
  for (const version of versions) {
    const schema = strict(version.schema.openAPIV3Schema);
    schema.properties.metadata = { $ref: `#/definitions/${META}` };
    kinds[`${group}/${version.name}/${names.kind}`] = schema;
  }
}
const strimzi = strimziSchemas();
Object.assign(kinds, strimzi.kinds);
Object.assign(used, strimzi.definitions);
rmSync(scratch, { recursive: true });
const text = JSON.stringify({
  from: [KUBERNETES, ...new Set(CUSTOM.map(([module]) => module)), STRIMZI],
  kinds,
  definitions: used,
});
writeFileSync(
  join(import.meta.dirname, 'manifests.json'),
  text.replaceAll(/("(?:io\.k8s\.|[a-z0-9.]+\/v)[^"]*":\{)/g, '\n$1') + '\n',
);
