import type { Locale } from '../words.js';
import type { DemoWords } from './words.js';
import { en } from './words-en.js';
import { ru } from './words-ru.js';

export const DEMO_WORDS: Readonly<Record<Locale, DemoWords>> = { ru, en };
