import { isAddress } from '@defter/ledger-domain';
import type { AddressPattern } from './filter.js';

const MAX_LENGTH = 256;
const SEGMENT = /^[A-Za-z0-9_-]*$/;
const OPEN_END = '...';

/**
 * Reads an address or a partial one: `users::main` (any one segment between), `users:` and `users:...` (all
 * below). Undefined when it is neither.
 */
export const toAddressPattern = (text: string): AddressPattern | undefined => {
  if (text.length > MAX_LENGTH) return undefined;
  if (isAddress(text)) return { segments: text.split(':'), open: false };
  const segments = text.split(':');
  const open = ['', OPEN_END].includes(segments.at(-1) ?? '');
  const closed = open ? segments.slice(0, -1) : segments;
  if (closed.length === 0 || !closed.every((segment) => SEGMENT.test(segment))) return undefined;
  return { segments: closed, open };
};

/** The address when the pattern names just one. */
export const exactAddress = ({ segments, open }: AddressPattern): string | undefined =>
  open || segments.includes('') ? undefined : segments.join(':');

/** The text that all matching addresses begin with; it ends with a colon, or is empty. */
export const addressPrefix = ({ segments }: AddressPattern): string => {
  const free = segments.indexOf('');
  const fixed = free === -1 ? segments : segments.slice(0, free);
  return fixed.map((segment) => `${segment}:`).join('');
};

/** A POSIX expression for the matching addresses: segments hold no character that means something in it. */
export const addressExpression = ({ segments, open }: AddressPattern): string =>
  `^${segments.map((segment) => (segment === '' ? '[^:]+' : segment)).join(':')}${open ? ':.+' : ''}$`;
