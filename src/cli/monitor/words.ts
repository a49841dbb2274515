import type { Locale } from '../words.js';

/** What `monitor` says of the parts that it looks at. */
export interface MonitorWords {
  readonly titles: Readonly<
    Record<'database' | 'kafka' | 'sources' | 'deadLetters' | 'alerts' | 'mail' | 'disk', string>
  >;
  readonly verdict: Readonly<Record<'fine' | 'degraded' | 'down', string>>;
  readonly lag: (records: string) => string;
  readonly lagAge: (records: string, age: string) => string;
  readonly lagRemedy: string;
  readonly members: (projector: number, anomaly: number, mailer: number) => string;
  readonly noMembers: string;
  readonly noSources: string;
  readonly noSourcesRemedy: string;
  readonly fresh: (feed: string, time: string, age: string) => string;
  readonly stale: (feed: string, time: string, age: string, limit: string) => string;
  readonly never: (feed: string) => string;
  readonly nothingYet: string;
  readonly staleRemedy: (command: string) => string;
  readonly failing: (feed: string, times: string) => string;
  readonly failingRemedy: (command: string) => string;
  readonly held: (feed: string, times: string) => string;
  readonly heldRemedy: (command: string) => string;
  readonly keyLeft: (key: string, time: string, left: string) => string;
  readonly keyOver: (key: string, time: string) => string;
  readonly keyRemedy: (setting: string) => string;
  readonly keyUnknown: (why: string) => string;
  readonly keys: { readonly ozon: string; readonly wildberries: string };
  readonly deadLetters: (count: string) => string;
  readonly deadLettersRemedy: string;
  readonly noDeadLetters: string;
  readonly critical: (count: string) => string;
  readonly criticalRemedy: string;
  readonly openAlerts: (count: string) => string;
  readonly noMail: string;
  readonly noAlertEmail: string;
  readonly noLogFolder: string;
  readonly free: (folder: string, free: string) => string;
  readonly full: (folder: string, free: string) => string;
  readonly fullRemedy: string;
  readonly notLooked: string;
  readonly lastSync: {
    readonly columns: readonly [string, string, string, string];
    readonly run: (status: string, started: string, records: string) => string;
    readonly noRun: string;
    readonly status: Readonly<Record<string, string>>;
  };
  readonly detect: {
    readonly columns: readonly [string, string, string, string];
    readonly nothing: string;
    readonly read: (events: string, since: string) => string;
    readonly newest: string;
  };
  readonly desk: {
    readonly none: string;
    readonly since: string;
    readonly mutedUntil: (time: string) => string;
    readonly acknowledged: (time: string) => string;
    readonly more: (count: string) => string;
    readonly lowStock: (article: string, pieces: string, products: string) => string;
    readonly lowStockGone: (article: string, products: string) => string;
  };
  readonly report: {
    readonly sent: (to: string, answer: string) => string;
    readonly notMailed: (names: string) => string;
  };
}

const ru: MonitorWords = {
  titles: {
    database: 'База данных',
    kafka: 'Kafka',
    sources: 'Маркетплейсы',
    deadLetters: 'Нечитаемые записи',
    alerts: 'Оповещения',
    mail: 'Почта',
    disk: 'Папка журналов',
  },
  verdict: {
    fine: 'Всё в порядке.',
    degraded: 'Работает, но не всё в порядке.',
    down: 'Не работает.',
  },
  lag: (records) => `ждут применения: ${records}`,
  lagAge: (records, age) => `прочитанное не применяется: ждут записей: ${records}, самая старая ${age}`,
  lagRemedy: 'Проверьте, что «inventory-sync worker» работает, или выполните «inventory-sync sync»',
  members: (projector, anomaly, mailer) =>
    `воркеров: projector ${projector}, anomaly ${anomaly}, mailer ${mailer}`,
  noMembers: 'воркеров нет: их работу делает sync',
  noSources: 'не настроен ни один маркетплейс',
  noSourcesRemedy: 'Задайте OZON_CLIENT_ID и OZON_API_KEY или WB_API_KEY',
  fresh: (feed, time, age) => `${feed}: ${time}, ${age} назад`,
  stale: (feed, time, age, limit) => `${feed}: данные от ${time}, им ${age}, допустимо ${limit}`,
  never: (feed) => `${feed}: ещё ни разу не прочитаны полностью`,
  nothingYet: 'ещё ничего не прочитано',
  staleRemedy: (command) =>
    `Выполните «${command}» и посмотрите, что ответит; проверьте, что работает расписание`,
  failing: (feed, times) => `${feed}: неудачных чтений подряд: ${times}`,
  failingRemedy: (command) => `Выполните «${command}»: причина будет в ответе`,
  held: (feed, times) => `${feed}: пропало слишком много товаров, чтение придержано (раз: ${times})`,
  heldRemedy: (command) =>
    `Если товаров действительно нет, выполните «${command} --full-resync --accept-absences»`,
  keyLeft: (key, time, left) => `${key} действует до ${time}, осталось ${left}`,
  keyOver: (key, time) => `${key}: срок действия истёк ${time}`,
  keyRemedy: (setting) => `Создайте в личном кабинете новый и впишите его в ${setting}`,
  keyUnknown: (why) => `срок действия ключа узнать не удалось: ${why}`,
  keys: { ozon: 'ключ API', wildberries: 'токен' },
  deadLetters: (count) => `за сутки не удалось прочитать записей: ${count}`,
  deadLettersRemedy: 'Какие и почему, покажет inventory-sync dlq list; снимки с ними остаются неполными',
  noDeadLetters: 'за сутки нет',
  critical: (count) => `открытых критичных: ${count}`,
  criticalRemedy: 'Посмотрите их: «inventory-sync monitor --alerts»',
  openAlerts: (count) => `всего открытых: ${count}`,
  noMail: 'SMTP_HOST не задан, писем не будет',
  noAlertEmail: 'ALERT_EMAIL не задан: оповещения не отправляются',
  noLogFolder: 'LOG_FILE_PATH не задан',
  free: (folder, free) => `${folder}: свободно ${free}`,
  full: (folder, free) => `${folder}: места почти нет, свободно ${free}`,
  fullRemedy: 'Освободите место; ротацию журналов настроит «inventory-sync schedule --print logrotate»',
  notLooked: 'не проверено: база данных недоступна',
  lastSync: {
    columns: ['Источник', 'Данные', 'Последнее полное чтение', 'Возраст'],
    run: (status, started, records) => `последний запуск: ${status}, начат ${started}, строк: ${records}`,
    noRun: 'запусков ещё не было',
    status: {
      running: 'идёт',
      success: 'успешно',
      partial: 'частично',
      failed: 'ошибка',
      held: 'придержано',
    },
  },
  detect: {
    columns: ['Правило', 'Событий', 'Решено', 'Последнее'],
    nothing: 'Ни одно правило не сработало.',
    read: (events, since) => `Просмотрено событий: ${events}, начиная с ${since}.`,
    newest: 'Последние:',
  },
  desk: {
    none: 'Открытых оповещений нет.',
    since: 'с',
    mutedUntil: (time) => `без уведомлений до ${time}`,
    acknowledged: (time) => `принято ${time}`,
    more: (count) => `… и ещё ${count}`,
    lowStock: (article, pieces, products) => `${article}: порог ${pieces} шт., товаров: ${products}`,
    lowStockGone: (article, products) => `${article}: своего порога больше нет, товаров: ${products}`,
  },
  report: {
    sent: (to, answer) => `Отчёт отправлен на ${to}: ${answer}`,
    notMailed: (names) =>
      `отчёт не отправлен, только выведен: не задано ${names}. Чтобы он приходил почтой, задайте их в .env и проверьте: inventory-sync test-email`,
  },
};

const en: MonitorWords = {
  titles: {
    database: 'Database',
    kafka: 'Kafka',
    sources: 'Marketplaces',
    deadLetters: 'Dead letters',
    alerts: 'Alerts',
    mail: 'Mail',
    disk: 'Log folder',
  },
  verdict: { fine: 'All is well.', degraded: 'Works, but not all is well.', down: 'Does not work.' },
  lag: (records) => `waiting to be applied: ${records}`,
  lagAge: (records, age) => `what was read is not applied: ${records} records wait, the oldest for ${age}`,
  lagRemedy: 'check that `inventory-sync worker` runs, or run `inventory-sync sync`',
  members: (projector, anomaly, mailer) =>
    `workers: projector ${projector}, anomaly ${anomaly}, mailer ${mailer}`,
  noMembers: 'no workers: sync does their work',
  noSources: 'no marketplace is configured',
  noSourcesRemedy: 'set OZON_CLIENT_ID and OZON_API_KEY, or WB_API_KEY',
  fresh: (feed, time, age) => `${feed}: ${time}, ${age} ago`,
  stale: (feed, time, age, limit) => `${feed}: data of ${time}, ${age} old, ${limit} are allowed`,
  never: (feed) => `${feed}: never read completely`,
  nothingYet: 'nothing has been read yet',
  staleRemedy: (command) => `run \`${command}\` and see what it says; check that the schedule runs`,
  failing: (feed, times) => `${feed}: reads that failed in a row: ${times}`,
  failingRemedy: (command) => `run \`${command}\`: it says why`,
  held: (feed, times) => `${feed}: too many products are missing, the read is held back (times: ${times})`,
  heldRemedy: (command) => `if they are really gone, run \`${command} --full-resync --accept-absences\``,
  keyLeft: (key, time, left) => `${key} valid until ${time}, ${left} left`,
  keyOver: (key, time) => `${key} expired on ${time}`,
  keyRemedy: (setting) => `make a new one in the seller account and set ${setting}`,
  keyUnknown: (why) => `when the key ends could not be learned: ${why}`,
  keys: { ozon: 'API key', wildberries: 'token' },
  deadLetters: (count) => `records of the last 24 hours that could not be read: ${count}`,
  deadLettersRemedy: 'which and why: inventory-sync dlq list; snapshots with them stay incomplete',
  noDeadLetters: 'none in the last 24 hours',
  critical: (count) => `critical ones that are open: ${count}`,
  criticalRemedy: 'look at them: `inventory-sync monitor --alerts`',
  openAlerts: (count) => `open in all: ${count}`,
  noMail: 'SMTP_HOST is not set, no mail is sent',
  noAlertEmail: 'ALERT_EMAIL is not set: no alerts are mailed',
  noLogFolder: 'LOG_FILE_PATH is not set',
  free: (folder, free) => `${folder}: ${free} free`,
  full: (folder, free) => `${folder}: nearly full, ${free} free`,
  fullRemedy: 'make room; `inventory-sync schedule --print logrotate` sets up log rotation',
  notLooked: 'not looked at: the database is out of reach',
  lastSync: {
    columns: ['Source', 'Data', 'Last complete read', 'Age'],
    run: (status, started, records) => `last run: ${status}, begun ${started}, rows: ${records}`,
    noRun: 'no run yet',
    status: {
      running: 'running',
      success: 'success',
      partial: 'partial',
      failed: 'failed',
      held: 'held',
    },
  },
  detect: {
    columns: ['Rule', 'Raised', 'Resolved', 'Newest'],
    nothing: 'No rule has anything to say.',
    read: (events, since) => `Events looked at: ${events}, since ${since}.`,
    newest: 'Newest:',
  },
  desk: {
    none: 'No open alerts.',
    since: 'since',
    mutedUntil: (time) => `muted until ${time}`,
    acknowledged: (time) => `acknowledged ${time}`,
    more: (count) => `… and ${count} more`,
    lowStock: (article, pieces, products) => `${article}: threshold ${pieces}, products: ${products}`,
    lowStockGone: (article, products) =>
      `${article}: no threshold of its own any more, products: ${products}`,
  },
  report: {
    sent: (to, answer) => `Report sent to ${to}: ${answer}`,
    notMailed: (names) =>
      `the report was not mailed but printed: ${names} not set. To get it by mail set them in .env and try: inventory-sync test-email`,
  },
};

export const MONITOR_WORDS: Readonly<Record<Locale, MonitorWords>> = { ru, en };
