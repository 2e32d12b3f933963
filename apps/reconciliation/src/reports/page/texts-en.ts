/** What pages say in English. The Turkish texts have the same form. */
export const english = {
  dailyTitle: 'Daily report',
  settlementTitle: 'Settlement report',
  capacityTitle: 'Capacity report',
  stuckTitle: 'What is stuck',
  forDay: 'for',
  seenUntil: 'What was known by',
  version: 'Version',
  madeAt: 'made',
  purpose:
    'Every day, Defter compares three things: what payment providers say they moved, what our own systems ' +
    'did, and what the ledger booked. Where they don’t agree, that is a finding. This page says what is ' +
    'open, how long it has been open, and what to do.',
  allGood: 'Everything is all right: all connections were compared, and nothing is open.',
  allGoodDo: 'There is nothing to do today.',
  nothingKnown: 'Nobody knows whether everything is all right: nothing is open, but not all was compared.',
  leadHigh: (high: string, total: string) =>
    `Not everything is all right: ${high} of ${total} open findings are of high risk.`,
  leadHighDo: (high: string) =>
    high === '1'
      ? 'To do today: the first one below. The others can wait until tomorrow.'
      : `To do today: the first ${high} below. The others can wait until tomorrow.`,
  leadOpen: (total: string) =>
    total === '1'
      ? 'One finding is open; it is not of high risk.'
      : `${total} findings are open, none of high risk.`,
  leadOpenDo: 'Nothing has to be done today. Those of medium risk should be closed this week.',
  leadBlind: (connections: string) =>
    connections === '1'
      ? 'One connection was NOT compared for this day; whatever is wrong there isn’t below.'
      : `${connections} connections were NOT compared for this day; whatever is wrong there isn’t below.`,
  leadUnsure: 'Something isn’t known yet: see below.',
  leadBlindToo: 'And have the day compared where it was not.',
  leadBlindDo: 'To do first: what stands under “What this report doesn’t know”.',
  open: 'Open now',
  highRisk: 'high risk',
  medRisk: 'medium risk',
  lowRisk: 'low risk',
  more: 'more than in the report before',
  fewer: 'fewer than in the report before',
  same: 'as many as in the report before',
  changesTitle: 'What changed since the report before',
  since: 'since',
  raised: 'new findings',
  ofThemHigh: 'of them high risk',
  cameBack: 'came back',
  closedByPeople: 'closed by people',
  closedByThemselves: 'closed by themselves',
  correctionsTitle: 'Corrections by two people',
  correctionsWhy:
    'What was booked for a finding, or is proposed to be. One person proposes the entries, another one ' +
    'approves exactly these. The number is the transaction in the ledger.',
  finding: 'Finding',
  correction: 'Correction',
  proposedBy: 'Proposed by',
  approvedBy: 'Approved by',
  outcome: 'Outcome',
  correctionKinds: {
    post_adjustment: 'adjustment',
    write_off: 'write-off',
    take_back: 'taken back',
  },
  correctionOutcomes: {
    open: 'open',
    booked: 'booked, transaction',
    reverted: 'reverted in the ledger by somebody else; was transaction',
    refused: 'refused by the ledger',
    rejected: 'rejected',
    withdrawn: 'withdrawn',
    expired: 'expired',
    voided: 'void: something else is there now',
  },
  explainedTitle: 'Differences that people have explained',
  explainedWhy:
    'By a correction that two people booked, or by closing the finding with a reason. They count as ' +
    'explained in the tables above.',
  explainedRest: (rest: string) => `And ${rest} more, in the CSV and JSON forms of this report.`,
  explainedHow: 'How',
  explainedWhat: { line: 'A line', settlement: 'A settlement', booking: 'A booking at the bank' },
  difference: 'Difference',
  aPart: 'a part; the rest is open',
  transaction: 'transaction',
  resolutions: {
    post_adjustment: 'corrected by two people: adjustment',
    write_off: 'corrected by two people: write-off',
    accepted_risk: 'accepted',
    psp_dispute: 'disputed with the provider',
    duplicate_ignored: 'a double, ignored',
    config_fix: 'a setting was corrected',
    data_fix: 'data was corrected',
    relink: 'linked by a person',
    late_arrival: 'came late',
  },
  todoTitle: 'What to do, most urgent first',
  todoNone: 'There is nothing to do.',
  todoUnknown: 'No finding is open. What is to be done first stands above.',
  todoRest: (rest: string) =>
    `And ${rest} more: all of them are in the CSV and JSON forms of this report, and in the console.`,
  openSince: 'open since',
  customer: 'customer',
  ageingTitle: 'How long findings have been open',
  ageingWhy: 'A finding that nobody works on moves down. Those of more than a week should be rare.',
  ages: {
    today: 'less than a day',
    threeDays: '1–3 days',
    week: '3–7 days',
    month: '7–30 days',
    older: 'over 30 days',
  },
  typesTitle: 'Open findings by kind',
  kind: 'Kind',
  meaning: 'What it means',
  count: 'Count',
  oldest: 'Oldest',
  atStake: 'Money in question',
  flowTitle: 'Money in and out, last 14 days',
  flowWhy:
    'In: paid by customers, and payouts that came back. Out: payouts, refunds, chargebacks. Days ' +
    'without money are left out.',
  moneyIn: 'in',
  moneyOut: 'out',
  upTo: 'top line:',
  noMoney: 'No money has moved in these days.',
  movedTitle: 'Our own movements of the day',
  movedWhy: 'What payments asked providers for, and what they answered.',
  provider: 'Provider',
  connection: 'Connection',
  fees: 'Fees',
  openCalls: 'Without outcome',
  settledTitle: 'What providers settled for the day',
  settledWhy:
    'Explained: the amounts differ for a known reason, such as a fee that was kept, or two people have ' +
    'booked a correction, or somebody has closed the finding. Unexplained: nobody knows yet. ' +
    'The two are never set off against each other.',
  settledNone: 'No settlement file for this day is here yet. Providers often send it a day later.',
  lines: 'Lines',
  settled: 'Settled',
  notMatched: 'Not found with us',
  explained: 'Explained difference',
  unexplained: 'Unexplained difference',
  blindTitle: 'What this report doesn’t know',
  notCompared: (provider: string, connection: string) =>
    `${provider}, connection ${connection}: NOT compared for this day.`,
  neverCompared: 'It never was compared.',
  lastCompared: (at: string) => `It was last compared before the day was over: ${at}.`,
  lastFailed: (code: string) => `The last try failed (${code}).`,
  compareNow: 'Start a reconciliation run of this connection, then make this report again.',
  blindReport: (provider: string, connection: string) =>
    `${provider}, connection ${connection}: the provider’s report of this day isn’t here yet. What is ` +
    'wrong in it shows when it is. Wait for its next delivery, or ask for it.',
  blindJob: (job: string, last: string) => `The job ${job} is late: its last success was ${last}.`,
  blindJobNever: (job: string) => `The job ${job} is late: it has never succeeded.`,
  wordsTitle: 'Words',
  words: {
    Provider: 'a company that moves the money: cards, bank transfers',
    Finding: 'something that doesn’t agree, with a risk and a next step',
    Settlement: 'what a provider reports as moved, line by line',
    'High risk': 'money may be missing, or be in the wrong place: today',
    'Medium risk': 'look at it this week',
  },
  formats: 'The same as',
  days: 'days',
  hours: 'hours',
  minutes: 'minutes',
  period: (from: string, to: string) => `${from} to ${to}`,
  batchesTitle: 'Batches, newest first',
  batch: 'Batch',
  gross: 'Came in',
  wentOut: 'Went out',
  net: 'Net',
  ours: 'With us',
  bankTitle: 'Settled, booked, and at the bank',
  bankWhy:
    'What providers settled in this period, what our own books show as arrived, and what the bank’s ' +
    'statement says. Explained: transfers that are on their way, or pay what was settled before, and what ' +
    'people have explained. Unexplained: transfers that are late, of another amount, or of nothing we ' +
    'know. The two are never set off.',
  arrived: 'In our books',
  settledNet: 'Settled by the provider, net',
  onStatement: 'On the bank’s statement',
  noStatement: 'no statement here',
  notBooked: 'not in our books',
  bookedOnly: 'only in our books',
  paymentsTitle: 'What the bank paid for each settlement',
  paymentsWhy: 'A provider pays many lines by one transfer: a settlement.',
  settlement: 'Settlement',
  state: 'State',
  states: {
    paid: 'paid',
    differs: 'another amount',
    'on-its-way': 'on its way',
    late: 'late',
    unknown: 'no statement here',
    today: '',
  },
  settlementPurpose:
    'What each provider says it settled, beside what we have of the same movements. Lines that we ' +
    'don’t have, and amounts that differ without a known reason, are findings.',
  settlementGood: 'Every line was found with us, and no difference is unexplained.',
  settlementGoodByPeople: (differences: string) =>
    differences === '1'
      ? 'No difference is unexplained; one was explained by people.'
      : `No difference is unexplained; ${differences} were explained by people.`,
  settlementGoodDo: 'Everything is all right; there is nothing to do.',
  settlementBad: (lines: string) =>
    lines === '1'
      ? 'One line was not found with us, or differs without a known reason.'
      : `${lines} lines were not found with us, or differ without a known reason.`,
  settlementBank: (accounts: string) =>
    accounts === '1'
      ? 'On one account the bank’s statement differs from what was settled, and nobody knows why.'
      : `On ${accounts} accounts the bank’s statement differs from what was settled, and nobody knows why.`,
  settlementUnseen: (accounts: string) =>
    accounts === '1'
      ? 'Of one account no bank statement is here: nobody knows whether the money arrived.'
      : `Of ${accounts} accounts no bank statement is here: nobody knows whether the money arrived.`,
  settlementUnseenDo: 'To do: hand the bank’s statements in (camt.053 or MT940).',
  settlementBadDo: 'Each of them is a finding: what to do stands in the daily report.',
  settlementNone: 'No provider has sent a batch in this period: nobody knows whether all is right.',
  settlementNoneDo: 'To do: see why no report is here. Start a reconciliation run, or hand the file in.',
  totals: 'Totals',
  stuckPurpose: 'What should move and doesn’t: looked at every five minutes.',
  stuckGood: 'Everything moves: nothing is stuck.',
  figuresTitle: 'In figures',
  stuckGoodDo: 'There is nothing to do.',
  stuckBad: (count: string) => (count === '1' ? 'One thing is stuck.' : `${count} things are stuck.`),
  stuckBadDo: 'To do now: the list below, from the top. What is not in it, the figures name.',
  neverLooked: 'Nobody has looked yet: nobody knows whether something is stuck.',
  neverLookedDo: 'To do: start the job detect-stuck (./defter job detect-stuck).',
  lookFailed: 'The last look did not see everything:',
  lookFailedDo: 'To do: see why that gave no answer; the next look is in five minutes.',
  lookedAt: 'looked at',
  payouts: 'payouts that stand still',
  operations: 'provider calls without an outcome',
  parked: 'provider events that fit nothing',
  lateStreams: 'late streams',
  notKnown: 'not known',
  streamsTitle: 'Streams between services',
  stream: 'Stream',
  late: 'Oldest message waits',
  behind: 'Messages behind',
  listTitle: 'What stands still',
  capacityPurpose:
    'How much there is, how fast it grows, and how long what is there will do. Measured, not guessed.',
  storageTitle: 'Reconciliation’s database',
  table: 'Table',
  rows: 'Rows',
  bytesPerRow: 'Bytes a row',
  size: 'Size',
  growth: 'Growth a day',
  inAYear: 'In a year at this rate',
  sizeNow: 'now',
  growthUnknown: 'not known before the second report',
  capacityGood: 'What there is will do: every service answers, and nobody waits for a database connection.',
  capacitySilent: (services: string) => `No answer from: ${services}.`,
  capacityWaiting: (services: string) => `Requests wait for database connections in: ${services}.`,
  capacityDo: 'To do today: see why. The table of services below has the figures.',
  capacityFirst: 'This is the first report; how fast it grows is known from the second one on.',
  capacityGrowth: (now: string, year: string) =>
    `Reconciliation’s database has ${now}; growing as it does, it has ${year} in a year.`,
  servicesTitle: 'Services',
  service: 'Service',
  cpu: 'CPU, cores on average',
  memory: 'Memory',
  loop: 'Event loop, p99',
  pool: 'Database connections used',
  waiting: 'waiting',
  noServices: 'No service is named in WATCHED_SERVICES.',
  arithmetic: 'Arithmetic',
  trendsTitle: 'Queues and lag, week by week',
  trendsWhy:
    'From the reports of the last eight weeks, each a look at one moment. What grows from week to week ' +
    'won’t go away by itself.',
  measure: 'Measure',
  measures: {
    queued: 'waiting for its turn',
    messagesBehind: 'messages behind',
    oldestSeconds: 'oldest unpublished, seconds',
    connectionsWaiting: 'waiting for a connection',
  },
  weeks: 'Eight weeks',
  weekBefore: 'Week before',
  now: 'Now',
  change: 'Change',
} as const;
