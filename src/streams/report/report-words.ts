import type { Locale } from '../../domain/anomaly/wording.js';

export interface ReportWords {
  readonly title: string;
  readonly subject: (from: string, to: string, figures: string) => string;
  readonly period: (from: string, to: string, zone: string) => string;
  readonly figures: {
    readonly products: string;
    readonly stock: string;
    readonly sold: string;
    readonly received: string;
    readonly runs: string;
    readonly fresh: string;
  };
  readonly productsLine: (all: string, inStock: string) => string;
  readonly runsLine: (succeeded: string, all: string, share: string) => string;
  readonly noRuns: string;
  readonly never: string;
  readonly up: string;
  readonly down: string;
  readonly stockOuts: string;
  readonly neverInStock: (count: string) => string;
  readonly columns: { readonly product: string; readonly change: string; readonly days: string };
  readonly stillOut: string;
  readonly more: (count: string) => string;
  readonly nothing: string;
  readonly noShops: string;
  readonly noLongerRead: (shops: string) => string;
  readonly chart: string;
  readonly csv: string;
  readonly csvColumns: readonly string[];
  readonly cut: (shown: string, all: string) => string;
  readonly footer: string;
}

export const REPORT_WORDS: Readonly<Record<Locale, ReportWords>> = {
  ru: {
    title: 'Остатки на маркетплейсах: отчёт',
    subject: (from, to, figures) => `Остатки с ${from} по ${to}: ${figures}`,
    period: (from, to, zone) => `С ${from} по ${to} (время: ${zone}).`,
    figures: {
      products: 'Товаров',
      stock: 'Остаток',
      sold: 'Ушло',
      received: 'Пришло',
      runs: 'Синхронизации',
      fresh: 'Данные на',
    },
    productsLine: (all, inStock) => `${all}, в наличии ${inStock}`,
    runsLine: (succeeded, all, share) => `успешных ${succeeded} из ${all} (${share})`,
    noRuns: 'за это время не было',
    never: 'ещё ни разу не прочитаны полностью',
    up: 'Больше всего прибыло',
    down: 'Больше всего убыло',
    stockOuts: 'Не было в наличии',
    neverInStock: (count) => `Весь период без остатка и без движения: ${count}`,
    columns: { product: 'Товар', change: 'Было → стало', days: 'Дней без остатка' },
    stillOut: 'нет и сейчас',
    more: (count) => `и ещё ${count}`,
    nothing: 'нет',
    noShops: 'Ещё ничего не прочитано: выполните «inventory-sync sync».',
    noLongerRead: (shops) => `Больше не читаются, в отчёт не вошли: ${shops}.`,
    chart: 'Остаток по дням',
    csv: 'Все товары — в приложенной таблице.',
    csvColumns: [
      'Маркетплейс',
      'Кабинет',
      'Артикул',
      'Товар',
      'ID товара',
      'Остаток в начале',
      'Остаток сейчас',
      'Изменение',
      'Ушло',
      'Пришло',
      'Дней без остатка',
    ],
    cut: (shown, all) => `В таблице ${shown} товаров из ${all}: те, с которыми произошло больше всего.`,
    footer: 'Письмо отправлено программой inventory-sync, отвечать на него не нужно.',
  },
  en: {
    title: 'Marketplace stock: report',
    subject: (from, to, figures) => `Stock from ${from} to ${to}: ${figures}`,
    period: (from, to, zone) => `From ${from} to ${to} (times: ${zone}).`,
    figures: {
      products: 'Products',
      stock: 'Stock',
      sold: 'Left',
      received: 'Came',
      runs: 'Syncs',
      fresh: 'Data of',
    },
    productsLine: (all, inStock) => `${all}, ${inStock} in stock`,
    runsLine: (succeeded, all, share) => `${succeeded} of ${all} succeeded (${share})`,
    noRuns: 'none in this time',
    never: 'never read completely',
    up: 'Grew most',
    down: 'Fell most',
    stockOuts: 'Out of stock',
    neverInStock: (count) => `Without stock and without movement all the time: ${count}`,
    columns: { product: 'Product', change: 'Before → after', days: 'Days out of stock' },
    stillOut: 'still out',
    more: (count) => `and ${count} more`,
    nothing: 'none',
    noShops: 'Nothing has been read yet: run “inventory-sync sync”.',
    noLongerRead: (shops) => `No longer read, not in this report: ${shops}.`,
    chart: 'Stock by day',
    csv: 'All products are in the attached table.',
    csvColumns: [
      'Marketplace',
      'Account',
      'Article',
      'Product',
      'Product id',
      'Stock at start',
      'Stock now',
      'Change',
      'Left',
      'Came',
      'Days out of stock',
    ],
    cut: (shown, all) => `The table has ${shown} of ${all} products: those in which most happened.`,
    footer: 'Sent by inventory-sync; there is no need to reply.',
  },
};
