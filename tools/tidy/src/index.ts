export { findBreaches, rules } from './tidy.js';
export { judge, type Judgement, type Ratchet } from './ratchet.js';
export type { Breach, Finding, Rule, SourceFile } from './rule.js';
