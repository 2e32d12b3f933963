import type { Finding } from './findings.js';

/** A finding as a line for people. */
export const findingText = ({ table, kind, at, what, expected, found }: Finding): string => {
  const place = Object.entries(at).map(([name, value]) => `${name} ${value}`);
  const values = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(found === undefined ? [] : [`found ${found}`]),
  ];
  return [`${table} ${kind}`, ...place, ...(what === undefined ? [] : [what]), ...values].join(' · ');
};
