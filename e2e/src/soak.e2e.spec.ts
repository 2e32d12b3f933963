import { describe, expect, it } from '@jest/globals';
import { soakLedger } from '@defter/cli';

/** The short form of `./defter soak ledger`: another seed each day, printed when it fails. */
const SECONDS = 30;
const SEED = Math.floor(Date.now() / 86_400_000);

describe('random commands from 8 clients against two replicas under kills and pauses', () => {
  it('leave the ledger, its tables, its keys and Kafka equal to the model', async () => {
    const { differences, counts } = await soakLedger({
      seconds: SECONDS,
      seed: SEED,
      onProgress: () => undefined,
    });
    expect({ seed: SEED, differences }).toEqual({ seed: SEED, differences: [] });
    for (const what of [
      'kill -9 of a replica',
      'pause of a replica',
      'create: accepted',
      'create: insufficient-funds',
      'capture: accepted',
      'revert: accepted',
      'the same key twice at once',
      'repetitions of an old key',
      'uses of a key with another body',
      'refusals and dry runs explained by the model',
    ]) {
      expect([what, (counts.get(what) ?? 0) > 0]).toEqual([what, true]);
    }
    expect(counts.get('events on Kafka')).toBe(counts.get('events applied to the model'));
  }, 300_000);
});
