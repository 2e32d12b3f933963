/** The messages of each tenant, in their order. */
export const byTenant = <M extends { readonly tenantId: string }>(
  messages: readonly M[],
): Map<string, M[]> => {
  const tenants = new Map<string, M[]>();
  for (const message of messages) {
    const own = tenants.get(message.tenantId);
    if (own === undefined) tenants.set(message.tenantId, [message]);
    else own.push(message);
  }
  return tenants;
};
