// The dependency table of docs/internals/architecture: which project may import which, on two axes of tags
// (project.json).
// There is no '*' anywhere, so a project without tags can neither import nor be imported.

const CONTEXTS = [
  'ledger',
  'payments',
  'webhooks',
  'reconciliation',
  'backoffice',
  'billing',
  'mock-psp',
  'storefront',
];
const ALL_SCOPES = ['scope:shared', ...CONTEXTS.map((context) => `scope:${context}`)];

const types = (...names) => names.map((name) => `type:${name}`);
const rule = (sourceTag, onlyDependOnLibsWithTags, more = {}) => ({
  sourceTag,
  onlyDependOnLibsWithTags,
  ...more,
});
const ruleFor = (allSourceTags, onlyDependOnLibsWithTags) => ({ allSourceTags, onlyDependOnLibsWithTags });

/** What a test may import on top of what its project may. */
const TEST_PACKAGES = ['@jest/globals', 'fast-check'];

/** A service has no pool, broker client, logger or registry of its own: the platform runs them. */
const PLATFORM_ONLY = ['pg', 'kafkajs', 'pino', 'prom-client', '@nestjs/platform-fastify'];

/** The table; with `inTests`, projects may import `@defter/testing` and the test packages too. */
export const depConstraints = ({ inTests }) => {
  const testing = inTests ? types('testing') : [];
  const packages = (...names) => ({ allowedExternalImports: inTests ? [...names, ...TEST_PACKAGES] : names });
  const scopes = (...names) => (inTests ? [...names, 'scope:shared'] : names);
  return [
    rule('type:kernel', types('kernel'), packages()),
    rule('type:domain', [...types('kernel'), ...testing], packages()),
    rule('type:contract', [...types('kernel'), ...testing], packages('@sinclair/typebox')),
    rule('type:platform', [...types('platform', 'kernel'), ...testing]),
    rule('type:adapter', [...types('kernel', 'contract', 'platform'), ...testing]),
    rule('type:app', [...types('domain', 'contract', 'adapter', 'platform', 'kernel'), ...testing], {
      bannedExternalImports: inTests ? [] : PLATFORM_ONLY,
    }),
    rule('type:client', [...types('kernel', 'contract'), ...testing]),
    // A seeded ledger is made by the domain's own rules.
    rule('type:testing', types('testing', 'tool', 'domain', 'contract', 'platform', 'kernel')),
    rule('type:tool', types('tool', 'testing', 'client', 'contract', 'platform', 'kernel')),

    ...['kernel', 'platform'].map((type) =>
      ruleFor([`type:${type}`, 'scope:shared'], scopes('scope:shared')),
    ),
    ...['client', 'testing', 'tool'].map((type) => ruleFor([`type:${type}`, 'scope:shared'], ALL_SCOPES)),
    ...CONTEXTS.flatMap((context) => contextRules(context)),
  ];
};

/**
 * Inside a context everything stays in it, except that an app may read any contract and call any provider.
 */
const contextRules = (context) => {
  const own = [`scope:${context}`, 'scope:shared'];
  return [
    ...['domain', 'contract', 'adapter'].map((type) => ruleFor([`type:${type}`, `scope:${context}`], own)),
    ruleFor(['type:app', `scope:${context}`], [...own, ...types('contract', 'adapter')]),
  ];
};
