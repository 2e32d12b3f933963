import { describe, expect, it } from '@jest/globals';
import { signatureHeader } from './signature.js';

const at = new Date('2025-10-09T08:53:20.999Z');

describe('the signature', () => {
  // Known answers, made with: printf '%s' "1760000000.$body" | openssl dgst -sha256 -hmac "$secret"
  it('knows the known answers, one for each secret', () => {
    const body = '{"id":"evt_1","type":"deposit_captured","amount":"90071992547409931234"}';
    expect(signatureHeader(body, ['whsec_defter_mock_test', 'whsec_defter_mock_next'], at)).toBe(
      't=1760000000,v1=e594ff5fb0da27644cf2f6f6005b3118dfb03fe3ae1a6c55403236fdfec8eb22' +
        ',v1=59668b20d66b5fa45f9467eae89dcfbee1f1053572b67c7847aad03acb6793ad',
    );
  });

  it('is made from the bytes of UTF-8', () =>
    expect(signatureHeader('{"name":"Ayşe ₺"}', ['whsec_defter_mock_test'], at)).toBe(
      't=1760000000,v1=cc366d30375cb754433fed8aa0641da0c26a04cd46d66780ae412919cd4b37db',
    ));
});
