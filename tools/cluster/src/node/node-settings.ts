// What containerd, the network plugins, kubelet and kube-proxy are told.
import { join } from 'node:path';
import { stringify } from 'yaml';
import { HOST_ADDRESS, nodeAddress, POD_NETWORK, podNetwork } from './machine.js';
import { PAUSE_IMAGE } from './node-images.js';

/** A node by its number, and where its files are. */
export interface NodePlace {
  readonly name: string;
  readonly index: number;
  readonly dir: string;
  /** The folder of Debian's programs. */
  readonly root: string;
  /** The control group of everything that runs on it. */
  readonly group: string;
}

/** The node's own mounts put its folders there. */
export const SOCKET = '/run/containerd/containerd.sock';

export const containerdSettings = ({ dir, root }: NodePlace): string => `
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
oom_score = 0
[grpc]
  address = "${SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${join(root, 'usr/lib/cni')}"
    conf_dir = "${join(dir, 'cni')}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "${join(root, 'usr/sbin/runc')}"
        SystemdCgroup = false
`;

/** A cable from each pod to the machine: everything is routed, so that replies find their way back. */
export const networkSettings = ({ index }: NodePlace): string =>
  JSON.stringify({
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: '/var/lib/cni/networks',
          ranges: [[{ subnet: podNetwork(index) }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  });

export const kubeletSettings = ({ index, dir, group }: NodePlace): string =>
  stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: nodeAddress(index),
    port: 10_250,
    readOnlyPort: 0,
    healthzPort: 0,
    // Who reaches it is in this machine's namespaces, and is ours.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${group}/node-${index}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    clusterDNS: [HOST_ADDRESS],
    clusterDomain: 'cluster.local',
    resolvConf: join(dir, 'resolv.conf'),
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    // The disk and the memory are shared with whatever else this machine does.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    nodeStatusUpdateFrequency: '5s',
  });

export const proxySettings = (kubeconfig: string): string =>
  stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig },
    mode: 'iptables',
    clusterCIDR: POD_NETWORK,
    bindAddress: '127.0.0.1',
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    hostnameOverride: 'node-0',
    oomScoreAdj: 0,
    // These settings belong to the machine, not to a namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  });
