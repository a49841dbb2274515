import type { Advice } from '../../errors.js';
import type { Locale } from '../words.js';

interface DashboardCommandWords {
  readonly ready: (url: string) => string;
  readonly readOnly: string;
  readonly openDoor: (host: string) => Advice;
  readonly noPort: (at: string) => Advice;
}

/** What the command says; what pages say is in src/dashboard/words. */
export const DASHBOARD_COMMAND_WORDS: Readonly<Record<Locale, DashboardCommandWords>> = {
  ru: {
    ready: (url) => `Дашборд открыт: ${url} (Ctrl-C закроет его)`,
    readOnly: 'DASHBOARD_TOKEN не задан: страницы только показывают, управление выключено',
    openDoor: (host) => ({
      what: `DASHBOARD_HOST=${host}, а DASHBOARD_TOKEN не задан: остатки прочёл бы любой, кому доступен этот адрес`,
      remedy: 'Задайте DASHBOARD_TOKEN (его создаст openssl rand -hex 24) или DASHBOARD_HOST=127.0.0.1',
    }),
    noPort: (at) => ({
      what: `дашборд не может открыть ${at}`,
      remedy: 'Задайте другой DASHBOARD_PORT или DASHBOARD_HOST или остановите то, что его занимает',
    }),
  },
  en: {
    ready: (url) => `The dashboard is at ${url} (Ctrl-C closes it)`,
    readOnly: 'DASHBOARD_TOKEN is not set: pages only show, actions are off',
    openDoor: (host) => ({
      what: `DASHBOARD_HOST is ${host} and DASHBOARD_TOKEN is not set: anybody who can reach that address could read the stock`,
      remedy: 'set DASHBOARD_TOKEN (openssl rand -hex 24 makes one), or DASHBOARD_HOST=127.0.0.1',
    }),
    noPort: (at) => ({
      what: `the dashboard cannot listen on ${at}`,
      remedy: 'set another DASHBOARD_PORT or DASHBOARD_HOST, or stop what listens there',
    }),
  },
};
