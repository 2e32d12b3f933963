import { runCommandLine } from './command-line.js';

process.exitCode = await runCommandLine(process.argv.slice(2));
// Handles of ended servers may linger; everything that matters was awaited.
process.exit();
