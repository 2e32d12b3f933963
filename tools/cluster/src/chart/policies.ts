// What must hold for every object that the chart makes, whatever the values. Rules are tables: what one
// would say of an object, and when.
import { knownSettings } from '../settings/known-settings.js';
import { ofKind, podsOf, type Container, type Manifest, type Pod } from './manifest.js';

type Policy = (manifests: readonly Manifest[]) => string[];
type Faults<T> = Readonly<Record<string, (subject: T, manifests: readonly Manifest[]) => boolean>>;

const faultsIn = <T>(faults: Faults<T>, subject: T, manifests: readonly Manifest[]): string[] =>
  Object.entries(faults).flatMap(([said, has]) => (has(subject, manifests) ? [said] : []));

/** A table over pods; of some kinds only, where those are given. */
const everyPod =
  (faults: Faults<Pod>, ...kinds: readonly string[]): Policy =>
  (manifests) =>
    podsOf(manifests)
      .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
      .flatMap((pod) => faultsIn(faults, pod, manifests).map((said) => `${pod.from} ${said}`));

const everyContainer = (faults: Faults<Container>, ...kinds: readonly string[]): Policy =>
  everyPod(
    Object.fromEntries(
      Object.entries(faults).map(([said, has]) => [
        said,
        (pod: Pod, all: readonly Manifest[]) => pod.spec.containers.some((container) => has(container, all)),
      ]),
    ),
    ...kinds,
  );

const noRoot = everyPod({
  'may run as root': ({ spec }) => spec.securityContext?.runAsNonRoot !== true,
  'runs as root': ({ spec }) => !((spec.securityContext?.runAsUser ?? 0) > 0),
  'has no seccomp profile': ({ spec }) => spec.securityContext?.seccompProfile?.type !== 'RuntimeDefault',
  'shares the node': ({ spec }) => spec.hostNetwork === true || spec.hostPID === true,
  'mounts a folder of the node': ({ spec }) => (spec.volumes ?? []).some((volume) => 'hostPath' in volume),
});

const restricted = everyContainer({
  'may gain privileges': ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  'can write to its image': ({ securityContext }) => securityContext?.readOnlyRootFilesystem !== true,
  'keeps capabilities': ({ securityContext }) => securityContext?.capabilities?.drop?.join() !== 'ALL',
  'adds capabilities': ({ securityContext }) => (securityContext?.capabilities?.add ?? []).length > 0,
  'is privileged': ({ securityContext }) => securityContext?.privileged === true,
});

const probes = everyContainer(
  {
    'has no startup probe': ({ startupProbe }) => startupProbe?.httpGet.path !== '/livez',
    'is not asked whether it is ready': ({ readinessProbe }) => readinessProbe?.httpGet.path !== '/readyz',
    'is not asked whether it lives, or dies of a dependency': ({ livenessProbe }) =>
      livenessProbe?.httpGet.path !== '/livez',
  },
  'Deployment',
);

const amounts = (of: Record<string, string> | undefined): boolean =>
  ['cpu', 'memory'].every((key) => of?.[key]);

const limits = everyContainer({
  'has no limits': ({ resources }) => !amounts(resources?.limits),
  'has no requests': ({ resources }) => !amounts(resources?.requests),
});

const byDigest = everyContainer({
  'runs an image that is named by no digest': ({ image }) => !/^[^@]+[^@:]@sha256:[0-9a-f]{64}$/.test(image),
  'runs an image that has a tag': ({ image }) => /:[^/@]+@/.test(image),
});

const SECRET_NAMES = new Set(Object.values(knownSettings()).flatMap(({ secret }) => secret));
const SECRET_TEXT = /:\/\/[^/@\s]*:[^/@\s]+@|-----BEGIN|^(?:sk|rk|whsec|dk)_/;

const noSecretText = everyContainer({
  'has a text in its own environment, where only references belong': ({ env = [] }) =>
    env.some(({ value }) => value !== undefined),
});

const noSecretData: Policy = (manifests) => [
  ...ofKind(manifests, 'Secret').map(({ metadata }) => `Secret/${metadata.name} is in the chart`),
  ...ofKind(manifests, 'ConfigMap').flatMap(({ metadata, data = {} }) =>
    Object.entries(data)
      .filter(([name, text]) => SECRET_NAMES.has(name) || SECRET_TEXT.test(text))
      .map(([name]) => `ConfigMap/${metadata.name} holds ${name}`),
  ),
];

const noToken = everyPod({
  'gets a token of the API server': ({ spec }) => spec.automountServiceAccountToken !== false,
  'has no account of its own': ({ spec }, manifests) =>
    ofKind(manifests, 'ServiceAccount').filter(({ metadata }) => metadata.name === spec.serviceAccountName)
      .length !== 1,
});

const noRights: Policy = (manifests) =>
  manifests
    .filter(({ apiVersion }) => apiVersion.startsWith('rbac.'))
    .map(({ kind, metadata }) => `${kind}/${metadata.name} gives rights at the API server`);

type Labels = Readonly<Record<string, string>>;

interface Selecting {
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly selector?: { readonly matchLabels?: Labels };
  readonly policyTypes?: readonly string[];
  readonly egress?: unknown;
}

/** The specs of a kind that select this pod. */
const selecting = (kind: string, pod: Pod, manifests: readonly Manifest[]): Selecting[] =>
  ofKind(manifests, kind)
    .map(({ spec }) => (spec ?? {}) as Selecting)
    .filter(({ podSelector, selector }) => {
      const labels = Object.entries((podSelector ?? selector)?.matchLabels ?? {});
      return labels.every(([key, value]) => pod.labels[key] === value);
    });

const isShut = ({ policyTypes = [] }: Selecting): boolean =>
  ['Ingress', 'Egress'].every((type) => policyTypes.includes(type));

const networkPolicies = everyPod({
  'may be reached by all, or reach all': (pod, all) => !selecting('NetworkPolicy', pod, all).some(isShut),
  'can not even ask for names': (pod, all) =>
    !selecting('NetworkPolicy', pod, all).some(({ egress }) =>
      JSON.stringify(egress ?? '').includes('"port":53'),
    ),
});

/** Only what has one replica by its nature goes without. */
const isSingle = (pod: Pod, manifests: readonly Manifest[]): boolean =>
  ofKind(manifests, 'Deployment').some(
    ({ spec, metadata }) => spec?.['replicas'] === 1 && pod.from === `Deployment/${metadata.name}`,
  );

const disruptionBudgets = everyPod(
  {
    'has no disruption budget of its own': (pod, all) =>
      !isSingle(pod, all) && selecting('PodDisruptionBudget', pod, all).length !== 1,
  },
  'Deployment',
);

const DRAIN_SECONDS = 20;

const orderlyEnd = everyPod(
  {
    'is killed before it has drained': ({ spec }) => {
      const wait = spec.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
      return !((spec.terminationGracePeriodSeconds ?? 0) > wait + DRAIN_SECONDS);
    },
    'may have all its pods on one node': ({ spec }) => (spec.topologySpreadConstraints ?? []).length === 0,
    'keeps running with its old configuration': ({ annotations }) =>
      annotations['checksum/config'] === undefined,
  },
  'Deployment',
);

interface CronSpec {
  readonly concurrencyPolicy?: string;
  readonly timeZone?: string;
  readonly startingDeadlineSeconds?: number;
  readonly failedJobsHistoryLimit?: number;
  readonly jobTemplate: { readonly spec: JobLimits };
}

interface JobLimits {
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly podFailurePolicy?: object;
}

const TIMER_FAULTS: Faults<CronSpec> = {
  'may run beside itself': ({ concurrencyPolicy }) => concurrencyPolicy !== 'Forbid',
  'runs by the clock of whatever zone': ({ timeZone }) => timeZone === undefined,
  'starts however late': ({ startingDeadlineSeconds }) => startingDeadlineSeconds === undefined,
  'keeps no failed run to look at': ({ failedJobsHistoryLimit }) => failedJobsHistoryLimit === undefined,
};

const JOB_FAULTS: Faults<JobLimits> = {
  'may run for ever': ({ activeDeadlineSeconds }) => activeDeadlineSeconds === undefined,
  'leaves its runs lying about': ({ ttlSecondsAfterFinished }) => ttlSecondsAfterFinished === undefined,
  'tries wrong usage again': ({ podFailurePolicy }) => podFailurePolicy === undefined,
};

const timers: Policy = (manifests) =>
  manifests.flatMap(({ kind, metadata, spec }) => {
    const cron = spec as unknown as CronSpec;
    const said = [
      ...(kind === 'CronJob' ? faultsIn(TIMER_FAULTS, cron, manifests) : []),
      ...(kind === 'CronJob' ? faultsIn(JOB_FAULTS, cron.jobTemplate.spec, manifests) : []),
      ...(kind === 'Job' ? faultsIn(JOB_FAULTS, spec as JobLimits, manifests) : []),
    ];
    return said.map((each) => `${kind}/${metadata.name} ${each}`);
  });

/** All rules by name. */
export const policies: Readonly<Record<string, Policy>> = {
  'no pod runs as root': noRoot,
  'every container is restricted': restricted,
  'every server has three probes, and liveness asks no dependency': probes,
  'every container has requests and limits': limits,
  'every image is named by its digest': byDigest,
  'no container has a text in its own environment': noSecretText,
  'no secret is in the chart': noSecretData,
  'no pod has a token': noToken,
  'nothing has rights at the API server': noRights,
  'every pod has a network policy': networkPolicies,
  'every server has a disruption budget': disruptionBudgets,
  'every server ends in order': orderlyEnd,
  'every timer has its limits': timers,
};
