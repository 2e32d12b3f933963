/** From this amount on, so many people must approve. */
export interface PayoutBand {
  readonly currency: string;
  readonly fromMinor: bigint;
  readonly approvals: 1 | 2;
}

/** How many people must approve a payout: what the highest band says that its amount reaches; 1 below all. */
export const approvalsRequiredFor = (
  amountMinor: bigint,
  currency: string,
  bands: readonly PayoutBand[],
): number => {
  const reached = bands.filter((band) => band.currency === currency && band.fromMinor <= amountMinor);
  const [highest] = [...reached].sort((a, b) => (a.fromMinor < b.fromMinor ? 1 : -1));
  return highest?.approvals ?? 1;
};
