import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { end, endLeftover } from '@defter/embedded';
import { RUN_FOLDER, runningRecord } from './run-folder.js';

const GRACE_MS = 60_000;

/** `./defter down`: ends the running stack in order, and whatever a dead run left behind. */
export async function down(): Promise<number> {
  const record = runningRecord();
  if (record !== undefined) await end(record.supervisor, GRACE_MS);
  for (const pidFile of pidFiles()) await endLeftover(pidFile);
  console.log(record === undefined ? 'Nothing was running.' : 'Stopped.');
  return 0;
}

function pidFiles(): string[] {
  const folders = ['run', 'postgres', 'kafka'].map((name) => join(RUN_FOLDER, name));
  return folders.flatMap((folder) => {
    try {
      const names = readdirSync(folder).filter((name) => name.endsWith('.pid'));
      return names.map((name) => join(folder, name));
    } catch {
      return []; // nothing ever ran
    }
  });
}
