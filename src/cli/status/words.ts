import type { Locale } from '../words.js';

interface StatusWords {
  readonly serving: (url: string) => string;
}

export const STATUS_WORDS: Readonly<Record<Locale, StatusWords>> = {
  ru: { serving: (url) => `метрики и состояние: ${url}/metrics, /healthz, /readyz` },
  en: { serving: (url) => `metrics and health: ${url}/metrics, /healthz, /readyz` },
};
