import { type Advice, type ErrorCode, isAppError } from '../../errors.js';
import { type Told, told } from '../error-text.js';
import type { Locale } from '../words.js';

/** What the servers' errors mean when a connection is tried; their own messages and remedies are English. */
const RUSSIAN: Readonly<Partial<Record<ErrorCode, Advice>>> = {
  CONFIG_INVALID: {
    what: 'не хватает настроек',
    remedy: 'Задайте их в .env или в окружении; каждое имя объяснено в .env.example',
  },
  DB_UNAVAILABLE: {
    what: 'нет связи с MySQL',
    remedy: 'Проверьте DB_HOST и DB_PORT и что сервер работает, доступен с этой машины и не переполнен',
  },
  DB_REFUSED: {
    what: 'MySQL не пускает',
    remedy: 'Проверьте DB_NAME, DB_USER, DB_PASSWORD (и DB_SSL_CA, если задан) и права этого пользователя',
  },
  DB_UNFIT: {
    what: 'в базе нет нужных таблиц',
    remedy: 'Выполните `inventory-sync migrate`',
  },
  KAFKA_UNAVAILABLE: {
    what: 'нет связи с Kafka',
    remedy: 'Проверьте KAFKA_BROKERS и KAFKA_SSL и что брокер работает и доступен с этой машины',
  },
  KAFKA_REFUSED: {
    what: 'Kafka не пускает',
    remedy:
      'Проверьте KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD и права этого пользователя',
  },
  TOPIC_UNFIT: {
    what: 'топиков нет или они настроены иначе',
    remedy: 'Выполните `inventory-sync topics create`; проверьте KAFKA_TOPIC_PREFIX',
  },
  MAIL_UNAVAILABLE: {
    what: 'нет связи с почтовым сервером',
    remedy: 'Проверьте SMTP_HOST, SMTP_PORT и SMTP_SECURITY и что сервер доступен с этой машины',
  },
  MAIL_REFUSED: {
    what: 'почтовый сервер не пускает',
    remedy: 'Проверьте SMTP_USER, SMTP_PASSWORD, SMTP_FROM и SMTP_SECURITY',
  },
};

/** An error of a connection that was tried, below a heading that names what was tried. */
export function toldHere(error: unknown, locale: Locale): Told {
  const general = told(error, locale);
  if (!isAppError(error) || error.advice !== undefined) return general;
  const cause = general.what.replace(/^(?:database|Kafka|SMTP): /u, '');
  const words = locale === 'ru' ? RUSSIAN[error.code] : undefined;
  return words === undefined
    ? { ...general, what: cause }
    : { what: `${words.what} (${cause})`, remedy: words.remedy };
}
