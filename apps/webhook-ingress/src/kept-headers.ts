/** Headers worth keeping as evidence: what a signature may cover, and what says how to read the body. */
const keptNames = new Set(['content-type', 'content-length', 'user-agent', 'date', 'traceparent']);
const maxLength = 2_000;

/** Headers as Node gives them. */
type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** All headers as one text each, as the port wants them. */
export function plainHeaders(headers: IncomingHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return plain;
}

/**
 * The headers that are stored. An allow-list: credentials, cookies and addresses of people never reach the
 * table. A replay reads the body again with these, so whatever a provider signs must match here.
 */
export function keptHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    if (keptNames.has(name) || name.startsWith('webhook-') || name.includes('signature')) {
      kept[name] = (headers[name] ?? '').slice(0, maxLength);
    }
  }
  return kept;
}
