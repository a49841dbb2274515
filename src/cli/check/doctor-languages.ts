import type { Locale } from '../words.js';
import type { DoctorWords } from './doctor-words.js';
import { DOCTOR_EN } from './doctor-words-en.js';
import { DOCTOR_RU } from './doctor-words-ru.js';

export const DOCTOR_WORDS: Readonly<Record<Locale, DoctorWords>> = { ru: DOCTOR_RU, en: DOCTOR_EN };
