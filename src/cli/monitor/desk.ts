import { number, oneLine } from '../../domain/anomaly/wording.js';
import type { Installation } from '../../main.js';
import { createAlertDesk, type DeskAlert } from '../../store/alert-desk.js';
import { createProductSettings } from '../../store/product-settings.js';
import type { CommandContext } from '../context.js';
import { friendlyTime } from './friendly-time.js';
import { misuse, thresholdOf } from './request.js';
import { MONITOR_WORDS } from './words.js';

/** `monitor --alerts`: what is open, with the fingerprints that the other options take. */
export async function listAlerts(
  installation: Installation,
  context: CommandContext,
  json: boolean,
): Promise<number> {
  const desk = createAlertDesk(await installation.database());
  const alerts = await desk.open();
  const all = await desk.countOpen();
  const { locale } = installation.config;
  const unseen = alerts.find(({ acknowledgedAt }) => acknowledgedAt === null);
  if (unseen !== undefined) context.note('fingerprint', unseen.fingerprint);
  if (json) context.printJson({ open: all, alerts });
  else {
    const words = MONITOR_WORDS[locale].desk;
    const lines = alerts.map((alert) => alertText(alert, installation));
    if (all > alerts.length) lines.push(`${words.more(number(locale, all - alerts.length))}\n`);
    context.print(lines.length === 0 ? `${words.none}\n` : lines.join(''));
  }
  return 0;
}

/** `--mute`, `--unmute` and `--acknowledge`. @throws USAGE where there is no such alert */
export async function changeAlert(
  installation: Installation,
  context: CommandContext,
  change: (desk: ReturnType<typeof createAlertDesk>) => Promise<DeskAlert>,
  json: boolean,
): Promise<number> {
  const alert = await change(createAlertDesk(await installation.database()));
  if (json) context.printJson(alert);
  else context.print(alertText(alert, installation));
  return 0;
}

/** `--low-stock ARTICLE=PIECES`. @throws USAGE where nobody knows the article */
export async function setLowStock(
  installation: Installation,
  context: CommandContext,
  text: string,
  json: boolean,
): Promise<number> {
  const { article, pieces } = thresholdOf(text);
  const products = await createProductSettings(await installation.database()).lowStock(article, pieces);
  if (products.length === 0)
    throw misuse({
      en: {
        what: `no product has the article ${article}`,
        remedy:
          'write it as the seller account has it, capital letters included; run a sync if the product is new',
      },
      ru: {
        what: `товара с артикулом ${article} нет`,
        remedy:
          'Напишите его как в личном кабинете, с теми же заглавными буквами; если товар новый, выполните inventory-sync sync',
      },
    });
  const { locale } = installation.config;
  const words = MONITOR_WORDS[locale].desk;
  const [name, count] = [oneLine(article), number(locale, products.length)];
  if (json) context.printJson({ article, lowStock: pieces, products });
  else if (pieces === null) context.print(`${words.lowStockGone(name, count)}\n`);
  else context.print(`${words.lowStock(name, number(locale, pieces), count)}\n`);
  return 0;
}

function alertText(alert: DeskAlert, { config }: Installation): string {
  const { locale, timeZone } = config;
  const words = MONITOR_WORDS[locale].desk;
  const time = (iso: string) => friendlyTime(locale, timeZone)(Date.parse(iso));
  const { severity, fingerprint, raisedAt, mutedUntil, acknowledgedAt, text } = alert;
  const notes = [
    ...(raisedAt === null ? [] : [`${words.since} ${time(raisedAt)}`]),
    ...(mutedUntil === null ? [] : [words.mutedUntil(time(mutedUntil))]),
    ...(acknowledgedAt === null ? [] : [words.acknowledged(time(acknowledgedAt))]),
  ];
  return `${severity}  ${fingerprint}\n    ${oneLine(text[locale], 500)}\n    ${notes.join(', ')}\n`;
}
