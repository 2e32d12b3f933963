/** How a request was made, whatever came of it. */
export interface Way {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly url: string;
  /** As sent, except that values of the tenant's own headers are left out. */
  readonly requestHeaders: Readonly<Record<string, string>>;
}
