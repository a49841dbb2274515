import { AppError } from '../../errors.js';
import type { createAlertDesk } from '../../store/alert-desk.js';
import type { createProductSettings } from '../../store/product-settings.js';
import { productAt } from '../pages/router.js';

/** Carries out what a form asks for; answers the name of what was done, with a figure after a colon. May throw USAGE. */
export type Action = (form: URLSearchParams) => Promise<string>;

const HOUR_MS = 3_600_000;
/** How long one may mute, by the names that forms use. */
export const MUTE_SPANS = {
  '1h': HOUR_MS,
  '1d': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
} as const;
export type MuteSpan = keyof typeof MUTE_SPANS;

const MOST_PIECES = 1_000_000_000;

/** What may be done about alerts and thresholds. */
export function deskActions(
  desk: Pick<ReturnType<typeof createAlertDesk>, 'mute' | 'unmute' | 'acknowledge'>,
  settings: Pick<ReturnType<typeof createProductSettings>, 'lowStock' | 'lowStockOf'>,
): ReadonlyMap<string, Action> {
  return new Map<string, Action>([
    [
      'mute',
      async (form) => {
        const span = form.get('for') ?? '';
        if (!isMuteSpan(span)) throw new AppError('USAGE', 'mute for 1h, 1d, 7d or 30d');
        await desk.mute(required(form, 'fingerprint'), MUTE_SPANS[span]);
        return 'muted';
      },
    ],
    [
      'unmute',
      async (form) => {
        await desk.unmute(required(form, 'fingerprint'));
        return 'unmuted';
      },
    ],
    [
      'acknowledge',
      async (form) => {
        await desk.acknowledge(required(form, 'fingerprint'));
        return 'acknowledged';
      },
    ],
    [
      'threshold-of',
      async (form) => {
        const product = productAt(required(form, 'product'));
        if (product === null) throw new AppError('USAGE', 'a product is named by the path of its page');
        const products = await settings.lowStockOf(product, piecesOf(form.get('pieces') ?? ''));
        return products.length === 0 ? 'thresholdNoProduct' : 'thresholdOf';
      },
    ],
    [
      'threshold',
      async (form) => {
        const products = await settings.lowStock(
          required(form, 'article'),
          piecesOf(form.get('pieces') ?? ''),
        );
        return products.length === 0 ? 'thresholdNone' : `threshold:${products.length}`;
      },
    ],
  ]);
}

function isMuteSpan(text: string): text is MuteSpan {
  return Object.hasOwn(MUTE_SPANS, text);
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name)?.trim() ?? '';
  if (value === '') throw new AppError('USAGE', `the form lacks ${name}`);
  return value;
}

/** Empty: the product's own threshold goes. */
function piecesOf(text: string): number | null {
  const bare = text.trim();
  if (bare === '') return null;
  const pieces = /^\d{1,10}$/.test(bare) ? Number(bare) : Number.NaN;
  if (pieces <= MOST_PIECES) return pieces;
  throw new AppError('USAGE', 'a threshold is a whole number of pieces');
}
