// The settings file that the services read (TENANTS_FILE) and, beside it, the tokens in clear for the people
// and programs on this machine. The services know only their hashes.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceSpec } from './service-list.js';

const MACHINE_SCOPES = [
  'ledger:read',
  'ledger:write',
  'payments:read',
  'payments:write',
  'payments:settle',
  'reconciliation:read',
  'reconciliation:write',
  'webhook_endpoints:read',
  'webhook_endpoints:write',
  'webhook_deliveries:read',
  'webhook_deliveries:write',
];
const OPERATOR_SCOPES = ['ledger:read', 'ledger:write', 'ledger:admin', 'ledger:force'];
// Both may ask and approve; that the two are not the same person is a rule of each payout.
const PERSON_SCOPES = [
  'payments:read',
  'payments:settle',
  'reconciliation:read',
  'payouts:request',
  'payouts:approve',
  'findings:resolve',
  'findings:approve',
  'webhooks:read',
  'webhooks:replay',
  'webhooks:approve',
];

/** What somebody needs to act for a tenant. */
export interface TenantAccess {
  readonly id: string;
  readonly ledger: string;
  /** Bearer token of the tenant's back end. */
  readonly apiKey: string;
  /** Bearer token of who runs the tenant's ledgers: rules, imports, replays, and force. */
  readonly operatorKey: string;
  readonly people: readonly PersonAccess[];
  readonly connection: ConnectionAccess;
}

export interface PersonAccess {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly string[];
}

export interface ConnectionAccess {
  readonly id: string;
  readonly provider: string;
  readonly apiKey: string;
  readonly signingKey: { readonly id: string; readonly secret: string };
  readonly webhookPath: string;
}

interface Credentials {
  readonly services: Readonly<Record<string, string>>;
  readonly tenants: Readonly<Record<string, TenantAccess>>;
}

interface Settings {
  readonly services: readonly object[];
  readonly tenants: readonly { readonly id: string }[];
}

/** The stack's settings file and its tokens. */
export class StackSettings {
  readonly file: string;
  /** The key that signs the ledger's checkpoints, as PEM. */
  readonly checkpointKeyFile: string;
  /** The key that seals tenants' webhook secrets, 32 bytes in base64. */
  readonly sealingKeysFile: string;
  private readonly tokens: string;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.file = join(dir, 'settings.json');
    this.checkpointKeyFile = join(dir, 'checkpoint-key.pem');
    this.sealingKeysFile = join(dir, 'sealing-keys');
    this.tokens = join(dir, 'tokens.json');
  }

  /** Makes the files on the first start; those that exist are kept. */
  prepare(specs: readonly ServiceSpec[]): void {
    if (!existsSync(this.checkpointKeyFile)) writeKey(this.checkpointKeyFile);
    if (!existsSync(this.sealingKeysFile)) writeSealingKey(this.sealingKeysFile);
    if (existsSync(this.file)) return;
    const callers = specs.filter((spec) => spec.scopes !== undefined);
    const services = Object.fromEntries(callers.map(({ name }) => [name, newToken()]));
    this.writeTokens({ services, tenants: {} });
    this.writeSettings({
      services: callers.map(({ name, scopes }) => ({
        id: `svc_${name}`,
        tokenSha256: sha256(services[name] ?? ''),
        scopes,
      })),
      tenants: [],
    });
  }

  serviceToken(name: string): string | undefined {
    return this.readTokens().services[name];
  }

  /** The tenant's tokens; undefined for one that was not added here. */
  tenant(id: string): TenantAccess | undefined {
    return this.readTokens().tenants[id];
  }

  /** Adds a tenant with new tokens, or returns the one that exists. Services see it at their next look. */
  addTenant(id: string): TenantAccess {
    const settings = JSON.parse(readFileSync(this.file, 'utf8')) as Settings;
    const known = this.tenant(id);
    const others = settings.tenants.filter((tenant) => tenant.id !== id);
    const isOpen = others.length < settings.tenants.length;
    if (known?.operatorKey !== undefined && isOpen) return known;
    // A stack of a version before has a tenant without an operator: its other tokens stay.
    const access = { ...newAccess(id), ...(isOpen ? known : {}) };
    // Tokens first: a crash in between leaves tokens that open nothing, never a tenant that nobody can enter.
    const tokens = this.readTokens();
    this.writeTokens({ ...tokens, tenants: { ...tokens.tenants, [id]: access } });
    this.writeSettings({ ...settings, tenants: [...others, settingsOf(access)] });
    return access;
  }

  private readTokens(): Credentials {
    return JSON.parse(readFileSync(this.tokens, 'utf8')) as Credentials;
  }

  private writeTokens(tokens: Credentials): void {
    replace(this.tokens, tokens);
  }

  private writeSettings(settings: Settings): void {
    replace(this.file, settings);
  }
}

function newAccess(id: string): TenantAccess {
  const short = id.replace(/^t_/, '');
  const connection = `c_${short}_mock`;
  const person = (name: string): PersonAccess => ({
    name: `${name}@${short}`,
    token: newToken(),
    scopes: PERSON_SCOPES,
  });
  return {
    id,
    ledger: 'main',
    apiKey: newToken(),
    operatorKey: newToken(),
    people: [person('ayse'), person('mehmet')],
    connection: {
      id: connection,
      provider: 'mock-psp',
      apiKey: `mk_${randomBytes(16).toString('hex')}`,
      signingKey: { id: 'whk_1', secret: `whsec_${randomBytes(32).toString('base64')}` },
      webhookPath: `/api/v1/payments/webhook/mock-psp/${connection}`,
    },
  };
}

function settingsOf({ id, ledger, apiKey, operatorKey, people, connection }: TenantAccess): { id: string } {
  const short = id.replace(/^t_/, '');
  const machine = {
    id: `k_${short}`,
    kind: 'machine',
    actor: `${short}-backend`,
    tokenSha256: sha256(apiKey),
    scopes: MACHINE_SCOPES,
  };
  const operator = {
    id: `k_${short}_operator`,
    kind: 'machine',
    actor: `${short}-operator`,
    tokenSha256: sha256(operatorKey),
    scopes: OPERATOR_SCOPES,
  };
  const persons = people.map(({ name, token, scopes }) => ({
    id: `k_${name.replace('@', '_')}`,
    kind: 'person',
    actor: name,
    tokenSha256: sha256(token),
    scopes,
  }));
  const { signingKey, ...provider } = connection;
  const tenant = {
    id,
    name: short,
    ledger,
    mode: 'demo_local',
    keys: [machine, operator, ...persons],
    connections: [{ ...provider, signingKeys: [signingKey], signatureEnforced: true }],
    rateCard: { version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: '0' },
  };
  return tenant;
}

function writeKey(path: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(path, pem, { mode: 0o600 });
}

function writeSealingKey(path: string): void {
  writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
}

const newToken = (): string => `dk_${randomBytes(16).toString('hex')}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function replace(path: string, content: object): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}
