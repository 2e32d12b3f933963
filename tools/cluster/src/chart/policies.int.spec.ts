// Each rule must be able to fail: it sees the chart's own objects with one thing broken.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { podsOf, type Manifest } from './manifest.js';
import { policies } from './policies.js';
import { render } from './render.js';
import { schemaProblems } from './schema-check.js';

/** Which rule sees what: the text of a manifest that is replaced, and by what. */
const BREAKS: readonly (readonly [rule: string, from: RegExp, to: string])[] = [
  ['no pod runs as root', /"runAsNonRoot":true/, '"runAsNonRoot":false'],
  ['no pod runs as root', /"runAsUser":10001/, '"runAsUser":0'],
  ['no pod runs as root', /"seccompProfile":/, '"other":'],
  ['no pod runs as root', /"emptyDir":\{[^}]*\}/, '"hostPath":{"path":"/"}'],
  ['every container is restricted', /"readOnlyRootFilesystem":true/, '"readOnlyRootFilesystem":false'],
  ['every container is restricted', /"allowPrivilegeEscalation":false/, '"privileged":true'],
  ['every container is restricted', /"drop":\["ALL"\]/, '"drop":[]'],
  ['every server has three probes, and liveness asks no dependency', /"startupProbe"/, '"noProbe"'],
  ['every server has three probes, and liveness asks no dependency', /"readinessProbe"/, '"noProbe"'],
  ['every server has three probes, and liveness asks no dependency', /"\/livez"/g, '"/readyz"'],
  ['every container has requests and limits', /"limits"/, '"noLimits"'],
  ['every container has requests and limits', /"requests":\{"cpu"/, '"requests":{"disk"'],
  ['every image is named by its digest', /@sha256:a+/, ':latest'],
  ['every image is named by its digest', /@sha256:a+/, ':1@sha256:' + 'a'.repeat(64)],
  ['no container has a text in its own environment', /"valueFrom":\{.*?\}\}/, '"value":"x"'],
  ['no secret is in the chart', /"LOG_LEVEL":"info"/, '"DATABASE_URL":"x"'],
  ['no secret is in the chart', /"LOG_LEVEL":"info"/, '"LOG_LEVEL":"postgres://user:word@host/db"'],
  ['no secret is in the chart', /"kind":"ConfigMap"/, '"kind":"Secret"'],
  ['no pod has a token', /"automountServiceAccountToken":false,"enable/, '"enable'],
  ['no pod has a token', /"serviceAccountName":"[^"]*"/, '"serviceAccountName":"default"'],
  [
    'nothing has rights at the API server',
    /"apiVersion":"policy\/v1"/,
    '"apiVersion":"rbac.authorization.k8s.io/v1"',
  ],
  ['every pod has a network policy', /"kind":"NetworkPolicy"/g, '"kind":"NoPolicy"'],
  ['every pod has a network policy', /"port":53,/g, '"port":54,'],
  ['every server has a disruption budget', /"kind":"PodDisruptionBudget"/, '"kind":"NoBudget"'],
  ['every server ends in order', /"terminationGracePeriodSeconds":40/, '"terminationGracePeriodSeconds":25'],
  ['every server ends in order', /"checksum\/config"/, '"checksum/other"'],
  ['every server ends in order', /"topologySpreadConstraints"/, '"other"'],
  ['every timer has its limits', /"concurrencyPolicy":"Forbid"/, '"concurrencyPolicy":"Allow"'],
  ['every timer has its limits', /"timeZone":"[^"]*"/, '"other":1'],
  ['every timer has its limits', /"startingDeadlineSeconds"/, '"other"'],
  ['every timer has its limits', /"failedJobsHistoryLimit"/, '"other"'],
  ['every timer has its limits', /"activeDeadlineSeconds"/, '"other"'],
  ['every timer has its limits', /"ttlSecondsAfterFinished"/, '"other"'],
  ['every timer has its limits', /"podFailurePolicy"/, '"other"'],
];

describe('the policies', () => {
  let text: string;
  beforeAll(async () => {
    text = JSON.stringify(await render('full'));
  });

  it.each(BREAKS)('%s: sees %s become %s', (rule, from, to) => {
    const broken = JSON.parse(text.replace(from, to)) as Manifest[];
    expect(JSON.stringify(broken)).not.toBe(text);
    expect(policies[rule]?.(broken)).not.toEqual([]);
  });

  it('have each been seen to fail', () => {
    expect(new Set(BREAKS.map(([rule]) => rule))).toEqual(new Set(Object.keys(policies)));
  });

  it('see pods of every kind', () => {
    const kinds = podsOf(JSON.parse(text) as Manifest[]).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['Deployment', 'Job', 'CronJob']));
  });
});

describe('the check of schemas', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { ports: [{ port: 80, targetPort: 'http' }] },
  };

  it('takes what is right', () => expect(schemaProblems(service)).toEqual([]));

  it.each([
    ['an unknown member', { ...service, spec: { ports: [{ port: 80, targtPort: 'http' }] } }, /targtPort/],
    ['a text for a number', { ...service, spec: { ports: [{ port: '80' }] } }, /must be integer/],
    ['a missing member', { ...service, spec: { ports: [{}] } }, /required property 'port'/],
    ['an unknown kind', { ...service, kind: 'Servise' }, /no schema of v1\/Servise/],
  ])('sees %s', (_, broken, said) => expect(schemaProblems(broken).join()).toMatch(said));
});
