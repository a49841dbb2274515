import { AppError, type BilingualAdvice } from '../../errors.js';

const MODES = [
  'healthCheck',
  'checkLastSync',
  'detectAnomalies',
  'weeklyReport',
  'alerts',
  'mute',
  'unmute',
  'acknowledge',
  'lowStock',
] as const;
export type MonitorMode = (typeof MODES)[number];

/** Options that only some modes know. */
const COMPANIONS: Readonly<Record<string, readonly MonitorMode[]>> = {
  since: ['detectAnomalies', 'weeklyReport'],
  print: ['weeklyReport'],
  for: ['mute'],
};

const spelt = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The one thing that is asked for. @throws USAGE where that is nothing, several things, or one with what it does not know */
export function modeOf(options: Readonly<Record<string, unknown>>): MonitorMode {
  const given = MODES.filter((mode) => options[mode] !== undefined);
  const [mode] = given;
  if (mode === undefined || given.length > 1) {
    const names = MODES.map(spelt).join(', ');
    throw misuse({
      en: {
        what: `monitor: ${mode === undefined ? 'nothing was asked for' : `${given.map(spelt).join(' and ')} at once`}`,
        remedy: `give exactly one of ${names}`,
      },
      ru: {
        what: mode === undefined ? 'не сказано, что нужно' : `${given.map(spelt).join(' и ')} сразу нельзя`,
        remedy: `Задайте ровно одно из: ${names}`,
      },
    });
  }
  for (const [option, modes] of Object.entries(COMPANIONS)) {
    if (options[option] === undefined || modes.includes(mode)) continue;
    const names = modes.map(spelt).join(', ');
    throw misuse({
      en: {
        what: `${spelt(option)} has no meaning with ${spelt(mode)}`,
        remedy: `leave it out; it goes with ${names}`,
      },
      ru: {
        what: `${spelt(option)} не имеет смысла с ${spelt(mode)}`,
        remedy: `Уберите его; оно бывает с ${names}`,
      },
    });
  }
  if (mode === 'mute' && options.for === undefined)
    throw misuse({
      en: { what: '--mute needs to know for how long', remedy: 'add for example --for 2h' },
      ru: { what: '--mute нужно знать, на сколько', remedy: 'Добавьте, например, --for 2h' },
    });
  return mode;
}

export interface Threshold {
  readonly article: string;
  /** Null: the product has none of its own any more. */
  readonly pieces: number | null;
}

/** `ARTICLE=PIECES`, where an article may hold `=` itself. @throws USAGE */
export function thresholdOf(text: string): Threshold {
  const cut = text.lastIndexOf('=');
  const [article, pieces] = [text.slice(0, Math.max(0, cut)), text.slice(cut + 1).trim()];
  if (cut > 0 && article.trim() !== '' && /^\d{0,9}$/.test(pieces))
    return { article, pieces: pieces === '' ? null : Number(pieces) };
  throw misuse({
    en: {
      what: '--low-stock takes an article and a whole number of pieces',
      remedy: 'write --low-stock ARTICLE=5, or ARTICLE= to remove the threshold',
    },
    ru: {
      what: '--low-stock нужны артикул и целое число штук',
      remedy: 'Напишите --low-stock АРТИКУЛ=5, а чтобы убрать порог — АРТИКУЛ=',
    },
  });
}

/** A command line that cannot be meant, told in both languages. */
export function misuse(advice: BilingualAdvice): AppError {
  return new AppError('USAGE', advice.en.what, { advice });
}
