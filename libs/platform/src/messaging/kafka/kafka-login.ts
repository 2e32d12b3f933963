import type { KafkaConfig } from 'kafkajs';

/** Who we are to the brokers. Password and certificates are asked for at every new connection. */
export interface KafkaLogin {
  /** Logs in by SASL/SCRAM-SHA-512; without one, nobody logs in. */
  readonly user?: { readonly name: string; password(): string };
  /** Connections are encrypted, and the brokers' certificates checked against `ca()`, else Node's own CAs. */
  readonly tls?: { ca?(): string };
}

/**
 * The login as kafkajs takes it. It reads these objects' members again at each connection, so getters are
 * all that a new password or certificate needs.
 */
export function kafkajsLogin({ user, tls }: KafkaLogin): Pick<KafkaConfig, 'sasl' | 'ssl'> {
  return {
    ...(user !== undefined && {
      sasl: {
        mechanism: 'scram-sha-512' as const,
        username: user.name,
        get password() {
          return user.password();
        },
      },
    }),
    ...(tls !== undefined && { ssl: tls.ca === undefined ? true : trusting(tls.ca) }),
  };
}

const trusting = (ca: () => string) => ({
  get ca() {
    return ca();
  },
});
