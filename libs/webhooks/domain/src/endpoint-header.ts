/** Headers that frame the request, say who it is from, or open doors inside a cloud. */
const REFUSED = new Set([
  ...['host', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'connection'],
  ...['keep-alive', 'te', 'trailer', 'upgrade', 'expect', 'date', 'via', 'forwarded', 'user-agent', 'cookie'],
  ...[
    'origin',
    'referer',
    'traceparent',
    'tracestate',
    'metadata',
    'metadata-flavor',
    'range',
    'http2-settings',
  ],
]);
const REFUSED_BEGINNING =
  /^(?:webhook-|defter-|proxy-|sec-|access-control-|x-forwarded-|x-real-|x-aws-ec2-|x-metadata-|x-http-)/;

const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Visible ASCII with single spaces or tabs inside: nothing that could end a header or begin another. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]{0,998}[\x21-\x7e])?$/;

/** Why a header can't be sent with a tenant's webhooks; undefined when it can. Names are in small letters. */
export const headerRefusal = (name: string, value: string): string | undefined => {
  if (!NAME.test(name)) return 'the name is not that of a header, in small letters';
  if (REFUSED.has(name) || REFUSED_BEGINNING.test(name)) return 'this header cannot be set';
  if (!VALUE.test(value)) return 'the value must be 1 to 1000 visible ASCII characters';
  return undefined;
};
