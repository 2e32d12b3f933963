// What Strimzi's user operator does for a KafkaUser: its password, and its rights.
import kafkajs from 'kafkajs';
import { alterScramCredential } from './scram-credential.js';

/** One entry of `spec.authorization.acls` of a KafkaUser. */
export interface KafkaAcl {
  readonly resource: {
    readonly type: 'topic' | 'group';
    readonly name: string;
    readonly patternType: 'literal' | 'prefix';
  };
  readonly operations: readonly ('Read' | 'Write' | 'Describe')[];
}

/** A user with its rights, as the manifest has it. */
export interface KafkaUser {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly authorization: { readonly acls: readonly KafkaAcl[] } };
}

/** Gives a user this password; makes the user if there is none. `brokers`: the administrator's listener. */
export async function setKafkaPassword(brokers: string, user: string, password: string): Promise<void> {
  await alterScramCredential(brokers, user, password);
}

const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
const RESOURCES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP };
const PATTERNS = { literal: ResourcePatternTypes.LITERAL, prefix: ResourcePatternTypes.PREFIXED };
const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Describe: AclOperationTypes.DESCRIBE,
};

/** Gives these users these rights, beside those that they have. */
export async function grantKafkaRights(brokers: string, users: readonly KafkaUser[]): Promise<void> {
  const acl = users.flatMap(rightsOf);
  await withAdmin(brokers, (admin) => admin.createAcls({ acl }));
}

/** Gives these users these rights and no others: what an earlier release gave goes. */
export async function setKafkaRights(brokers: string, users: readonly KafkaUser[]): Promise<void> {
  for (const { metadata } of users) await revokeKafkaRights(brokers, metadata.name);
  await grantKafkaRights(brokers, users);
}

/** Takes every right from a user. */
export async function revokeKafkaRights(brokers: string, user: string): Promise<void> {
  const filter = {
    principal: `User:${user}`,
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  };
  await withAdmin(brokers, (admin) => admin.deleteAcls({ filters: [filter] }));
}

function rightsOf({ metadata, spec }: KafkaUser): kafkajs.AclEntry[] {
  return spec.authorization.acls.flatMap(({ resource, operations }) =>
    operations.map((operation) => ({
      principal: `User:${metadata.name}`,
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
      resourceType: RESOURCES[resource.type],
      resourceName: resource.name,
      resourcePatternType: PATTERNS[resource.patternType],
      operation: OPERATIONS[operation],
    })),
  );
}

async function withAdmin(brokers: string, work: (admin: kafkajs.Admin) => Promise<unknown>): Promise<void> {
  const admin = new kafkajs.Kafka({
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}
