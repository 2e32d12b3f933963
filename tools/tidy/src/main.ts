import { runTidy } from './run-tidy.js';

process.exitCode = runTidy(process.cwd(), { tighten: process.argv.includes('--tighten') });
