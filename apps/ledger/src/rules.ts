import { AccountTypeController } from './account-types/account-type.controller.js';
import { AccountTypeStore } from './account-types/account-types.js';
import { NormalSides } from './account-types/normal-side.read.js';
import { MonitorController } from './monitors/monitor.controller.js';
import { MonitorReader } from './monitors/monitor.read.js';
import { MonitorStore } from './monitors/monitors.js';
import { BalanceComparison } from './rollout/balance-comparison.js';
import { MismatchController } from './rollout/mismatch.controller.js';
import { MismatchMetrics } from './mismatch-metrics.js';
import { MismatchReader } from './rollout/mismatch.read.js';
import { SettingsController } from './settings/settings.controller.js';
import { Settings } from './settings/settings.js';

/** What sets the rules of a ledger, and shows what they found. */
export const ruleControllers = [
  SettingsController,
  AccountTypeController,
  MonitorController,
  MismatchController,
];

export const ruleProviders = [
  Settings,
  AccountTypeStore,
  NormalSides,
  MonitorReader,
  MonitorStore,
  MismatchReader,
  MismatchMetrics,
  BalanceComparison,
];
