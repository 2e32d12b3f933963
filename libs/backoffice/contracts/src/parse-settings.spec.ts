import { describe, expect, it } from '@jest/globals';
import { parseSettings } from './parse-settings.js';
import { allowsTestPaymentMethods, payoutPolicyOf } from './settings.js';

const digest = (digit: string) => digit.repeat(64);
const file = () => ({
  services: [{ id: 'svc_payments', tokenSha256: digest('a'), scopes: ['ledger:write'] }],
  tenants: [
    {
      id: 't_demo',
      name: 'Demo',
      ledger: 'main',
      mode: 'demo_local',
      keys: [
        { id: 'k_demo', kind: 'machine', actor: 'demo', tokenSha256: digest('b'), scopes: [] as string[] },
      ],
      connections: [
        {
          id: 'c_demo_mock',
          provider: 'mock-psp',
          apiKey: 'key',
          signingKeys: [{ id: 'whk_1', secret: 'whsec_very-secret' }],
          signatureEnforced: true,
          webhookPath: '/api/v1/payments/webhook/mock-psp/c_demo_mock',
        },
      ],
      rateCard: { version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: '9007199254740993' },
    },
  ],
});
/** The example with one place changed. */
const changed = (change: (example: ReturnType<typeof file>['tenants'][0]) => unknown) => {
  const example = file();
  example.tenants.forEach(change);
  return () => parseSettings(example);
};

describe('a connection', () => {
  const withSecrets = (credentials: unknown, parameters: unknown) =>
    changed(({ connections }) =>
      connections.forEach((connection) => {
        Reflect.set(connection, 'credentials', credentials);
        connection.signingKeys.forEach((key) => Reflect.set(key, 'parameters', parameters));
      }),
    );

  it('may have further secrets, and its signing keys what their scheme wants', () => {
    const [connection] = withSecrets({ secretKey: 's' }, { salt: 'x' })().tenants[0]?.connections ?? [];
    expect(connection?.credentials).toEqual({ secretKey: 's' });
    expect(connection?.signingKeys[0]?.parameters).toEqual({ salt: 'x' });
    const [plain] = parseSettings(file()).tenants[0]?.connections ?? [];
    expect(plain).not.toHaveProperty('credentials');
    expect(plain?.signingKeys[0]).not.toHaveProperty('parameters');
  });

  it.each([null, [], 'text', { secretKey: '' }, { secretKey: 5 }])('refuses %j as its secrets', (value) =>
    expect(withSecrets(value, value)).toThrow(/2 error\(s\)[^]*credentials must be[^]*parameters must be/),
  );
});

describe('the settings file', () => {
  it('is read whole, the fixed fee exactly', () => {
    const settings = parseSettings(file());
    expect(settings.tenants[0]?.rateCard.providerFeeFixedMinor).toBe(9007199254740993n);
    expect(settings.tenants[0]?.connections[0]?.signingKeys).toEqual([
      { id: 'whk_1', secret: 'whsec_very-secret' },
    ]);
    expect(settings.services[0]?.id).toBe('svc_payments');
  });

  it('enforces signatures unless it says that it does not', () => {
    const parse = changed((t) =>
      t.connections.forEach((c) => Reflect.deleteProperty(c, 'signatureEnforced')),
    );
    expect(parse().tenants[0]?.connections[0]?.signatureEnforced).toBe(true);
  });

  it('may limit the time of a signing key', () => {
    const limits = { notBefore: '2026-03-01T00:00:00+03:00', notAfter: '2026-06-01T00:00:00Z' };
    const parse = changed((t) => Object.assign(t.connections[0]?.signingKeys[0] ?? {}, limits));
    expect(parse().tenants[0]?.connections[0]?.signingKeys[0]).toMatchObject({
      ...{ notBefore: new Date('2026-02-28T21:00:00Z'), notAfter: new Date('2026-06-01T00:00:00Z') },
    });
  });

  it('may say in which zone a tenant’s business day ends, if there is such a zone', () => {
    const zoned = (zone: unknown) => changed((t) => Reflect.set(t, 'businessZone', zone));
    expect(zoned('Europe/Berlin')().tenants[0]?.businessZone).toBe('Europe/Berlin');
    expect(zoned('Mars/Olympus')).toThrow('tenants[0].businessZone must be a time zone such as');
    expect(parseSettings(file()).tenants[0]).not.toHaveProperty('businessZone');
  });

  it('may say what is kept of a merchant, wholly', () => {
    const commission = {
      ...{ basisPoints: 1000, fixedMinor: '25', vatBasisPoints: 2000 },
      ...{ reserveBasisPoints: 500, refunded: true },
    };
    const settings = changed((t) => Reflect.set(t.rateCard, 'commission', commission))();
    expect(settings.tenants[0]?.rateCard.commission).toEqual({ ...commission, fixedMinor: 25n });
    const parts = changed((t) => Reflect.set(t.rateCard, 'commission', { basisPoints: 1000 }));
    expect(parts).toThrow('rateCard.commission.fixedMinor is missing');
  });

  it.each([
    [
      'a time without a zone',
      (t: { connections: { signingKeys: object[] }[] }) =>
        t.connections.forEach((c) => Reflect.set(c.signingKeys[0] ?? {}, 'notAfter', '2026-03-01T00:00:00')),
      'signingKeys[0].notAfter must be a time such as',
    ],
    ['a missing field', (t: object) => Reflect.deleteProperty(t, 'ledger'), 'tenants[0].ledger is missing'],
    ['an unknown field', (t: object) => Reflect.set(t, 'modus', 1), 'tenants[0].modus is not a known field'],
    [
      'a mode that does not exist',
      (t: object) => Reflect.set(t, 'mode', 'demo'),
      'tenants[0].mode must be one of demo_local',
    ],
    [
      'a fee as a number',
      (t: { rateCard: object }) => Reflect.set(t.rateCard, 'providerFeeFixedMinor', 5),
      'must be a whole number as text',
    ],
    [
      'a fee above everything',
      (t: { rateCard: object }) => Reflect.set(t.rateCard, 'providerFeeBasisPoints', 10_001),
      'from 0 to 10000',
    ],
    [
      'a token in clear',
      (t: { keys: { tokenSha256: string }[] }) => t.keys.forEach((k) => (k.tokenSha256 = 'dk_1')),
      'keys[0].tokenSha256 must be a SHA-256',
    ],
    [
      'two keys with one token',
      (t: { keys: { tokenSha256: string }[] }) => t.keys.forEach((k) => (k.tokenSha256 = digest('a'))),
      'two tokens are the same',
    ],
    [
      'a connection twice',
      (t: { connections: unknown[] }) => t.connections.push(t.connections[0]),
      'two connection ids are the same',
    ],
    [
      'signatureEnforced as text',
      (t: { connections: object[] }) =>
        t.connections.forEach((c) => Reflect.set(c, 'signatureEnforced', 'yes')),
      'must be true or false',
    ],
  ])('refuses %s and names it', (_, change, message) => {
    expect(changed(change as never)).toThrow(message);
  });

  it('may say how payouts are reviewed and whether test cards are taken; before, it said neither', () => {
    const [silent] = parseSettings(file()).tenants;
    expect(silent).toBeDefined();
    expect(silent).not.toHaveProperty('payouts');
    expect(payoutPolicyOf(silent ?? {})).toEqual({
      ...{ bands: [], reviewWithinMinutes: 1440, payWithinMinutes: 4320 },
    });
    const said = file();
    const payouts = {
      bands: [{ currency: 'TRY', fromMinor: '9007199254740993', approvals: 2 }],
      ...{ reviewWithinMinutes: 60, payWithinMinutes: 120 },
    };
    said.tenants.forEach((t) => Object.assign(t, { allowTestPaymentMethods: false, payouts }));
    const [tenant] = parseSettings(said).tenants;
    expect(tenant).toMatchObject({
      allowTestPaymentMethods: false,
      payouts: { ...payouts, bands: [{ currency: 'TRY', fromMinor: 9007199254740993n, approvals: 2 }] },
    });
  });

  it.each([
    ['a band for three people', { approvals: 3 }, 'from 1 to 2'],
    ['a band for nobody', { approvals: 0 }, 'from 1 to 2'],
    ['a band with a number', { fromMinor: 5 }, 'must be a whole number as text'],
    ['a band without a currency', { currency: undefined }, 'bands[0].currency is missing'],
  ])('refuses %s', (_, change, message) => {
    const band = { currency: 'TRY', fromMinor: '1', approvals: 2, ...change };
    const payouts = { bands: [band], reviewWithinMinutes: 60, payWithinMinutes: 120 };
    expect(changed((t) => Reflect.set(t, 'payouts', payouts))).toThrow(message);
  });

  it('may say how batches are settled, and that handed-in reports prove; before, it said neither', () => {
    const [silent] = parseSettings(file()).tenants;
    expect(silent).not.toHaveProperty('settlements');
    expect(silent?.connections[0]).not.toHaveProperty('settledBy');
    expect(silent?.connections[0]).not.toHaveProperty('reportFilesProve');
    const said = changed((t) => {
      Object.assign(t, { settlements: 'automatic' });
      t.connections.forEach((each) => Object.assign(each, { settledBy: 'report', reportFilesProve: true }));
    });
    expect(said().tenants[0]).toMatchObject({
      ...{ settlements: 'automatic', connections: [{ settledBy: 'report', reportFilesProve: true }] },
    });
    const wrong = changed((t) => Object.assign(t, { settlements: 'auto' }));
    expect(wrong).toThrow('tenants[0].settlements must be one of proposed, automatic');
  });

  it('test payment methods are taken everywhere but in live, unless it is said', () => {
    expect(allowsTestPaymentMethods({ mode: 'GATEWAY_DEMO' })).toBe(true);
    expect(allowsTestPaymentMethods({ mode: 'live' })).toBe(false);
    expect(allowsTestPaymentMethods({ mode: 'live', allowTestPaymentMethods: true })).toBe(true);
    expect(allowsTestPaymentMethods({ mode: 'demo_local', allowTestPaymentMethods: false })).toBe(false);
  });

  it('reports all errors at once and repeats no secret', () => {
    const parse = changed((t) => {
      Reflect.deleteProperty(t, 'name');
      t.connections.forEach((c) => (c.webhookPath = 'whsec_very-secret'));
    });
    expect(parse).toThrow(/2 error\(s\)[^]*tenants\[0\]\.name[^]*webhookPath/);
    expect(parse).not.toThrow(/very-secret/);
  });

  it('refuses what is no object', () => {
    expect(() => parseSettings([])).toThrow('the document must be an object');
  });
});
