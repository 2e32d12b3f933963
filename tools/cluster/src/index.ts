export { run } from './cluster.js';
export { isInstalled } from './control-plane/kubernetes-install.js';
export { makeImages } from './images/make-images.js';
