import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeServerImages } from '@defter/cluster';
import { IMAGE_VARIABLES, isOver, RUN_VARIABLE, runOfThisProcess } from '@defter/embedded';
import { loadImage, removeRuns, requireEngine } from './engine.js';

/**
 * Makes the images of PostgreSQL and Kafka, hands them to the Docker engine, and runs `work` with the
 * variables that have servers started from them. Nothing of it stays in the engine; what a killed run has
 * left there goes as well.
 */
export async function withServerImages<T>(
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  requireEngine();
  await removeRuns(isOver);
  const run = runOfThisProcess();
  try {
    const variables = { ...(await loadedImages(run)), [RUN_VARIABLE]: run };
    // Our own two servers, too.
    Object.assign(process.env, variables);
    return await work(variables);
  } finally {
    await removeRuns((each) => each === run);
  }
}

async function loadedImages(tag: string): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'defter-server-images-'));
  const startedAt = Date.now();
  try {
    console.log('Making images of PostgreSQL and Kafka …');
    const { postgres, kafka } = await makeServerImages(folder, tag);
    for (const { file } of [postgres, kafka]) loadImage(file);
    console.log(`… made, and given to the engine (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
    return { [IMAGE_VARIABLES.postgres]: postgres.name, [IMAGE_VARIABLES.kafka]: kafka.name };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
