import type { Locale } from '../words.js';
import type { InitWords } from './words.js';
import { ENGLISH } from './words-en.js';
import { RUSSIAN } from './words-ru.js';

export const INIT_WORDS: Readonly<Record<Locale, InitWords>> = { ru: RUSSIAN, en: ENGLISH };
