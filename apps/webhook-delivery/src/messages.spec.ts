import { expect, it } from '@jest/globals';
import { ruleCount, rulesWithoutWords } from '@defter/testing';
import { service } from './service.js';

it('no message shows a regular expression to whoever sent something else', () => {
  // Loading the service has loaded its bodies and queries.
  expect([service.name, ruleCount() > 15]).toEqual([expect.any(String), true]);
  expect(rulesWithoutWords()).toEqual([]);
});
