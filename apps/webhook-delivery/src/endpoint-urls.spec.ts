import { describe, expect, it } from '@jest/globals';
import { readConfig } from '@defter/platform';
import { config } from './config.js';
import { EndpointUrls } from './endpoint-urls.js';

const needed = { DATABASE_URL: 'postgres://x', KAFKA_BROKERS: 'x:1', TENANTS_FILE: 'x' };
const urlsWith = (env: Record<string, string> = {}) =>
  new EndpointUrls(readConfig(config, { ...needed, ...env }));

describe('a URL of an endpoint', () => {
  it.each(['https://shop.example.com/hooks?a=1', 'https://shop.example.com:443/', 'https://8.8.8.8/x'])(
    '%s is fine',
    (url) => expect(urlsWith().refusal(url)).toBeUndefined(),
  );

  it.each([
    ['http://shop.example.com/', 'https:'],
    ['ftp://shop.example.com/', 'https:'],
    ['file:///etc/passwd', 'https:'],
    ['https://user@shop.example.com/', 'user name'],
    ['https://:secret@shop.example.com/', 'user name'],
    ['https://shop.example.com/#x', 'fragment'],
    ['https://shop.example.com:8443/', 'port must be one of 443'],
    ['https://shop.example.com:22/', 'port'],
    ['https://localhost/', 'public internet'],
    ['https://a.localhost/', 'public internet'],
    ['https://localhost./', 'public internet'],
    ['https://postgres/', 'public internet'],
    ['https://ledger.defter.svc/', 'public internet'],
    ['https://kubernetes.default.svc.cluster.local/', 'public internet'],
    ['https://metadata.google.internal/', 'public internet'],
    ['https://127.0.0.1/', 'address'],
    // Other ways to write 127.0.0.1 and 169.254.169.254, which the URL parser makes one of.
    ['https://2130706433/', 'address'],
    ['https://0x7f.1/', 'address'],
    ['https://0177.0.0.1/', 'address'],
    ['https://127.1/', 'address'],
    ['https://[::1]/', 'address'],
    ['https://[::ffff:a9fe:a9fe]/', 'address'],
    ['https://①②⑦.⓪.⓪.①/', 'address'],
    ['not a url', 'not a URL'],
    ['', 'not a URL'],
    [`https://shop.example.com/${'x'.repeat(2000)}`, 'not a URL'],
  ])('%s is refused', (url, why) => expect(urlsWith().refusal(url)).toMatch(why));

  it('may be of the settings’ ports, and http, where they say so', () => {
    const urls = urlsWith({ ALLOW_HTTP: 'true', ALLOWED_PORTS: '80,8443' });
    expect(urls.refusal('http://shop.example.com/')).toBeUndefined();
    expect(urls.refusal('https://shop.example.com:8443/')).toBeUndefined();
    expect(urls.refusal('https://shop.example.com/')).toMatch('port');
    expect(urls.refusal('http://127.0.0.1/')).toMatch('address');
  });

  it('may be of this machine only with the switch', () => {
    const urls = urlsWith({ ALLOW_LOOPBACK: 'true', ALLOWED_PORTS: '*' });
    expect(urls.refusal('https://localhost:3000/')).toBeUndefined();
    expect(urls.refusal('https://127.0.0.1:3000/')).toBeUndefined();
    expect(urls.refusal('https://10.0.0.1/')).toMatch('address');
  });
});
