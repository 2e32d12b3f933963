/** The address of a session's page. It names the tenant, whose key the token is looked up under. */
export const pagePath = (tenantId: string, token: string): string => `/checkout/${tenantId}/${token}`;
