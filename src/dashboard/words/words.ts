import type { Locale } from '../../domain/anomaly/wording.js';
import { en } from './en.js';
import { type DashboardWords, ru } from './ru.js';

export const DASHBOARD_WORDS: Readonly<Record<Locale, DashboardWords>> = { ru, en };
