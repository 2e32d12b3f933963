export { asset, currencyOf, isAsset, scaleOf, type Asset } from './asset.js';
export { add, compare, isNegative, money, subtract, TRY, USD, type Money } from './money.js';
export { allocate } from './allocate.js';
export { formatMoney, parseAmount, parseMoney } from './money-text.js';
export { isId, newId, uuidv7, type Id, type IdPrefix } from './id.js';
export { accept, assertNever, refuse, type Decision } from './decision.js';
export { specify, type Decider, type Outcome, type Specification } from './specify.js';
export { manualClock, systemClock, type Clock, type ManualClock } from './clock.js';
export type { Brand } from './brand.js';
