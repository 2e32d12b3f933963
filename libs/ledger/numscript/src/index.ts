export type { Program } from './ast.js';
export { check } from './check.js';
export type { Funds, Movement, Run, Shortage } from './interpret.js';
export { MAX_SCRIPT_LENGTH, parse } from './parse.js';
export { print } from './print.js';
export { Script } from './script.js';
export { type Position, ScriptError, VariableError } from './script-error.js';
