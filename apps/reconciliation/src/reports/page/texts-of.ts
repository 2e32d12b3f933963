import type { Language } from '../report.js';
import { english } from './texts-en.js';
import { turkish } from './texts-tr.js';
import type { Texts } from './texts.js';

/** The texts of a language. */
export const textsOf = (language: Language): Texts => (language === 'tr' ? turkish : english);
