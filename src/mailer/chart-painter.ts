import { existsSync } from 'node:fs';
import { messageOf } from '../errors.js';
import type { Logger } from '../ports/logger.js';
import type { ChartPainter } from '../ports/mail.js';

/** Fonts with Cyrillic letters where systems keep them, the free ones first: font file and family name. */
const FONTS: readonly (readonly [string, string])[] = [
  ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 'DejaVu Sans'],
  ['/usr/share/fonts/dejavu/DejaVuSans.ttf', 'DejaVu Sans'],
  ['/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf', 'DejaVu Sans'],
  ['/usr/share/fonts/TTF/DejaVuSans.ttf', 'DejaVu Sans'],
  ['/usr/share/fonts/ttf-dejavu/DejaVuSans.ttf', 'DejaVu Sans'],
  ['/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf', 'Liberation Sans'],
  ['/usr/share/fonts/liberation-sans/LiberationSans-Regular.ttf', 'Liberation Sans'],
  ['/Library/Fonts/Arial Unicode.ttf', 'Arial Unicode MS'],
  ['/System/Library/Fonts/Supplemental/Arial.ttf', 'Arial'],
  ['C:\\Windows\\Fonts\\arial.ttf', 'Arial'],
];

type Resvg = typeof import('@resvg/resvg-js').Resvg;

/**
 * Paints charts for mail. Undefined where the painter's program, which is made for each system, cannot be loaded:
 * mails then go without pictures.
 */
export async function openChartPainter(
  log: Logger,
  fonts: readonly (readonly [string, string])[] = FONTS,
): Promise<ChartPainter | undefined> {
  let painter: Resvg;
  try {
    painter = (await import('@resvg/resvg-js')).Resvg;
  } catch (error) {
    log.debug({ error: messageOf(error) }, 'No charts in mail: the painter cannot be loaded');
    return undefined;
  }
  const font = fonts.find(([file]) => existsSync(file));
  return {
    hasText: font !== undefined,
    paint(svg) {
      try {
        return new painter(svg, { font: fontOptions(font), logLevel: 'off' }).render().asPng();
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'A mail goes without its chart');
        return null;
      }
    },
  };
}

function fontOptions(font: readonly [string, string] | undefined) {
  if (font === undefined) return { loadSystemFonts: false };
  const [file, family] = font;
  return {
    loadSystemFonts: false,
    fontFiles: [file],
    defaultFontFamily: family,
    sansSerifFamily: family,
    serifFamily: family,
  };
}
