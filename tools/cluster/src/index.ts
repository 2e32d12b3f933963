export { run } from './cluster.js';
