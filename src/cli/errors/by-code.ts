import type { Advice, ErrorCode } from '../../errors.js';

/** What a code means, for errors that bring no words of their own. In English their message says what happened. */
interface CodeWords {
  readonly ru: Advice;
  readonly en: Pick<Advice, 'remedy'>;
}

function words(what: string, ru: string, en: string): CodeWords {
  return { ru: { what, remedy: ru }, en: { remedy: en } };
}

const MARKETPLACE_LATER = [
  'Ничего: следующий запуск прочитает снова. Если повторяется, посмотрите, не сообщает ли маркетплейс о сбое',
  'nothing: the next run reads again; if it comes back, see whether the marketplace tells of trouble',
] as const;

const MARKETPLACE_KEY = [
  'Проверьте ключи маркетплейсов: `inventory-sync check`',
  'try the keys of the marketplaces: `inventory-sync check`',
] as const;

const OWN_FAULT = [
  'Это ошибка программы, или кто-то менял её таблицы: сообщите о ней и приложите то, что выводится с LOG_LEVEL=debug',
  'this is a fault of the program or of hands in its tables: please report it, with what LOG_LEVEL=debug shows',
] as const;

export const BY_CODE: Readonly<Record<ErrorCode, CodeWords>> = {
  CONFIG_INVALID: words(
    'настройки неверны или их не хватает',
    'Исправьте .env или окружение; каждое имя объяснено в .env.example',
    'correct .env or the environment; .env.example explains every name',
  ),
  USAGE: words(
    'команда вызвана неверно',
    'Посмотрите `inventory-sync --help` или `inventory-sync <команда> --help`',
    'see `inventory-sync --help` or `inventory-sync <command> --help`',
  ),

  KAFKA_UNAVAILABLE: words(
    'нет связи с Kafka',
    'Проверьте KAFKA_BROKERS и KAFKA_SSL и что брокер работает и доступен с этой машины',
    'check KAFKA_BROKERS and KAFKA_SSL, and that the broker runs and can be reached from this machine',
  ),
  KAFKA_REFUSED: words(
    'Kafka не пускает',
    'Проверьте KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD и права этого пользователя',
    'check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and the rights of that user',
  ),
  TOPIC_UNFIT: words(
    'топиков нет или они настроены иначе',
    'Выполните `inventory-sync topics create`; проверьте KAFKA_TOPIC_PREFIX',
    'run `inventory-sync topics create`; check KAFKA_TOPIC_PREFIX',
  ),
  OUTPUT_BLOCKED: words(
    'Kafka не принимает то, что нужно опубликовать; раздел ждёт, ничего не потеряно',
    'Выполните `inventory-sync topics create`; дальше всё пойдёт само',
    'run `inventory-sync topics create`; it goes on by itself then',
  ),
  TOPIC_DIVERGED: words(
    'топик больше не тот, что был: его записи удалены или он создан заново',
    'Посмотрите, что скажет `inventory-sync topics adopt`',
    'see what `inventory-sync topics adopt` says',
  ),
  OWNERSHIP_LOST: words(
    'этим разделом топика уже занят другой обработчик',
    'Ничего не потеряно: раздел возьмут заново. Если команда остановилась, запустите её ещё раз',
    'nothing is lost, the partition is taken over again; if the command has stopped, run it once more',
  ),

  DB_UNAVAILABLE: words(
    'нет связи с MySQL',
    'Проверьте DB_HOST и DB_PORT и что сервер работает, доступен с этой машины и не переполнен',
    'check DB_HOST and DB_PORT, and that the server runs, can be reached from this machine and has room',
  ),
  DB_REFUSED: words(
    'MySQL не пускает',
    'Проверьте DB_NAME, DB_USER, DB_PASSWORD (и DB_SSL_CA, если задан) и права этого пользователя',
    'check DB_NAME, DB_USER, DB_PASSWORD (and DB_SSL_CA if it is set) and the rights of that user',
  ),
  DB_UNFIT: words(
    'в базе нет нужных таблиц',
    'Выполните `inventory-sync migrate`',
    'run `inventory-sync migrate`',
  ),
  DB_CONFLICT: words(
    'таблицы MySQL заняты другой транзакцией',
    'Запустите ещё раз; если повторяется, посмотрите через SHOW PROCESSLIST, кто их держит',
    'run it again; if it comes back, see with SHOW PROCESSLIST who holds them',
  ),
  LEDGER_BEHIND: words(
    'в этой базе пока нет того, о чём говорит событие',
    'Ничего не потеряно, оно ждёт; если не запущен ни один обработчик, выполните `inventory-sync worker`',
    'nothing is lost, it waits; if no worker runs, start one: inventory-sync worker',
  ),

  API_CREDENTIALS: words('маркетплейс не принимает ключ', ...MARKETPLACE_KEY),
  API_LIMITED: words(
    'маркетплейс просит подождать',
    'Ничего: запустите позже, cron сделает это сам. Готовы ждать дольше — увеличьте SYNC_WAIT',
    'nothing: run it later, as cron does by itself. To wait longer, raise SYNC_WAIT',
  ),
  API_UNAVAILABLE: words('маркетплейс не отвечает', ...MARKETPLACE_LATER),
  API_BAD_ANSWER: words('маркетплейс прислал непонятный ответ', ...MARKETPLACE_LATER),
  API_RETIRED: words(
    'маркетплейс отключил этот метод',
    'Обновите inventory-sync; если сменился лишь путь, задайте OZON_PATHS или WB_PATHS',
    'update inventory-sync; if only the path has changed, set OZON_PATHS or WB_PATHS',
  ),
  API_REJECTED: words('маркетплейс не принимает запрос', ...MARKETPLACE_KEY),

  RECORD_INVALID: words(
    'запись не читается',
    'Посмотрите на неё: `inventory-sync dlq list`; когда причина устранена, верните её: `inventory-sync dlq redrive`',
    'look at it: `inventory-sync dlq list`; when the cause is gone, send it back: `inventory-sync dlq redrive`',
  ),

  MAIL_UNAVAILABLE: words(
    'нет связи с почтовым сервером',
    'Проверьте SMTP_HOST, SMTP_PORT и SMTP_SECURITY и что сервер доступен с этой машины',
    'check SMTP_HOST, SMTP_PORT and SMTP_SECURITY, and that the server can be reached from this machine',
  ),
  MAIL_REFUSED: words(
    'почтовый сервер не пускает',
    'Проверьте SMTP_USER, SMTP_PASSWORD, SMTP_FROM и SMTP_SECURITY',
    'check SMTP_USER, SMTP_PASSWORD, SMTP_FROM and SMTP_SECURITY',
  ),
  CHANNEL_UNAVAILABLE: words(
    'получатель сообщений не отвечает',
    'Ничего: сообщение ждёт и будет отправлено снова. Если повторяется, выполните `inventory-sync test-channel`',
    'nothing: the message waits and is sent again; if it comes back, run `inventory-sync test-channel`',
  ),
  CHANNEL_REFUSED: words(
    'получатель не принимает сообщение',
    'Проверьте настройки этого канала, затем `inventory-sync test-channel`',
    'check the settings of this channel, then run `inventory-sync test-channel`',
  ),

  ENGINE_FAILED: words(
    'нужный сервер не запустился или не отвечает',
    'Прочтите сообщение в скобках, устраните причину и запустите команду ещё раз',
    'mend what the message names, and run the command again',
  ),
  RUN_BUSY: words(
    'это уже делает другой запуск',
    'Дождитесь его конца и запустите команду ещё раз',
    'wait for its end, and run the command again',
  ),
  TIMED_OUT: words(
    'ожидание затянулось и прервано',
    'Запустите команду ещё раз; если повторяется, `inventory-sync check` найдёт причину',
    'run the command again; if it comes back, `inventory-sync check` finds the cause',
  ),
  INVARIANT: words('программа нашла то, чего быть не может', ...OWN_FAULT),
};
