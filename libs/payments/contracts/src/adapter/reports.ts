import { type PaymentProvider, UnreadableReport } from '../provider-port.js';

/** For a provider whose settlement files aren't read yet: it says so, and never shows an empty day. */
export const noReports = (id: string): PaymentProvider['reports'] => {
  const why = `no reports are read from ${id}`;
  return {
    list: () => Promise.reject(new Error(why)),
    fetch: () => Promise.reject(new Error(why)),
    parse: () => {
      throw new UnreadableReport(`line 0: ${why}`);
    },
  };
};
