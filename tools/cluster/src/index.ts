export { runCluster } from './cluster.js';
export type { Claim, MainJob, MainJobStage } from './story/main-job.js';
export { isInstalled } from './control-plane/kubernetes-install.js';
export { makeServerImages, SERVER_IMAGES } from './images/server-images.js';
export { makeImages } from './images/make-images.js';
