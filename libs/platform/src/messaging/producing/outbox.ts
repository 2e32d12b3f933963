import { currentTrace } from '../../http/trace.js';
import { newId } from '@defter/kernel';
import type { Transaction } from '../../postgres/transaction.js';
