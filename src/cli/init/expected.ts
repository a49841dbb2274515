import type { FormatName } from '../../../config/formats.js';
import type { Locale } from '../words.js';

/** The formats of what the wizard asks; the settings' own descriptions are English. */
const RUSSIAN: Readonly<Partial<Record<FormatName, string>>> = {
  whole: 'нужно целое число от 1 до 65535',
  digits: 'нужны только цифры',
  secret: 'нужна одна строка без управляющих символов',
  text: 'нужна одна строка текста, и не токен',
  host: 'нужно имя узла или IP-адрес, без http:// и без порта',
  'database-host': 'нужно имя узла или IP-адрес, без порта',
  'database-name': 'нужно имя базы: от 1 до 64 знаков, без ` / \\ и точки',
  brokers: 'нужны адреса host:port через запятую (IPv6 в квадратных скобках)',
  addresses: 'нужны почтовые адреса через запятую',
  choice: 'нужно ru или en',
};

/** The sentence about an answer of the wrong form. */
export const EXPECTED: Readonly<Record<Locale, (format: FormatName, english: string) => string>> = {
  ru: (format, english) => RUSSIAN[format] ?? `ожидается: ${english}`,
  en: (_format, english) => `expected ${english}`,
};

export const NOT_UTF8: Readonly<Record<Locale, string>> = {
  ru: 'нужна кодировка UTF-8',
  en: 'expected text in UTF-8',
};
