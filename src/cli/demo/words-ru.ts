import { number, percent, pieces, plural } from '../../domain/anomaly/wording.js';
import type { DemoWords } from './words.js';

const ROWS = { one: 'строка', few: 'строки', many: 'строк' };
const PRODUCTS = { one: 'товар', few: 'товара', many: 'товаров' };
const HOURS = { one: 'час', few: 'часа', many: 'часов' };

const counted = (count: number, forms: { one: string; few: string; many: string }): string =>
  `${number('ru', count)} ${plural('ru', count, forms)}`;

export const ru: DemoWords = {
  title: 'inventory-sync: демонстрация',
  intro: (products) =>
    `Kafka и MySQL здесь настоящие, а за Ozon и Wildberries отвечает симулятор: по ${counted(products, PRODUCTS)} на каждом.`,
  steps: {
    servers: 'Серверы',
    preparation: 'Подготовка',
    workers: 'Обработчики',
    day: 'День магазина',
    findings: 'Что получилось',
    live: 'Магазин живёт дальше',
  },
  engineWords: [
    [/^Another set-up is at work: waiting for it$/, 'Идёт другая установка: ждём её'],
    [/^Installing (.+)$/, 'Устанавливаем $1'],
    [/: fetching its jars \((\d+) MB\)$/, ': скачиваем ($1 МБ)'],
    [/: fetching the server \((\d+) MB\)$/, ': скачиваем ($1 МБ)'],
    [/: adding (.+)$/, ': добавляем $1'],
    [/: preparing an empty data folder$/, ': готовим пустую папку данных'],
    [/: starting on (.+)$/, ': запускаем на $1'],
    [/^creating the database (.+)$/, 'создаём базу $1'],
    [/^another migration of (.+) is under way: waiting for it$/, 'базу $1 уже обновляют: ждём'],
  ],
  ownServer: (name, address) => `${name}: ${address}`,
  usersServer: (name, address, setting) => `${name}: ${address} (ваш сервер: ${setting})`,
  environment: 'переменная окружения',
  databaseMade: (name) => `База ${name}: таблицы созданы`,
  databaseFound: (name) => `База ${name}: таблицы на месте`,
  topics: (prefix, count) =>
    `Топики ${prefix}.*: ${counted(count, { one: 'топик', few: 'топика', many: 'топиков' })}`,
  replaying: (hours) => `Возвращаем магазин туда, где он был: ${counted(hours, HOURS)} торговли`,
  simulator: (url) => `Симулятор маркетплейсов: ${url}`,
  wbInterval: (seconds) => `отчёт WB можно читать раз в ${seconds} с; у настоящего Wildberries раз в 20 с`,
  mailbox: (address) => `Почтовый сервер: ${address}; письма остаются в нём`,
  envFile: (path) => `Настройки демонстрации: ${path}`,
  envFileHead: [
    'Настройки демонстрации; при каждом её запуске записываются заново.',
    'Пример: node dist/src/cli/index.js --env-file этот-файл check',
    'Ключи маркетплейсов выдуманы и открывают только симулятор.',
  ],
  workerReady: (names) => `Готовы: ${names}; каждый разбирает свои разделы топиков`,
  workerEnded: (name, how, log) =>
    `${name} завершился (${typeof how === 'number' ? 'код' : 'сигнал'} ${how}), его журнал: ${log}. Его работу берут остальные, а без них сам sync`,
  dashboardName: 'дашборд',
  dashboard: (url) => `Дашборд: ${url}`,
  dashboardToken: (file) => `чтобы не только смотреть, но и управлять: DASHBOARD_TOKEN в ${file}`,
  dashboardAnswered: (url, status) => `Дашборд отвечает: ${url} (${status})`,
  dashboardEnded: (how, log) =>
    `дашборд завершился (${typeof how === 'number' ? 'код' : 'сигнал'} ${how}), его журнал: ${log}. Остальное работает дальше`,
  busy: 'Прошлую синхронизацию прервали на полпути: ждём, пока освободится её место (до минуты)',
  hour: ({ day, time }) => `День ${day}, ${time}`,
  firstRead: 'Первая синхронизация: всё, что есть, — новое.',
  laterRead: 'Синхронизация после перерыва: база помнит магазин.',
  returned: 'Товар, пропавший в прошлый раз, снова в продаже.',
  hoursPass: (hours) => `Прошло ${counted(hours, HOURS)}: продажи, поставки, возвраты.`,
  soldOut: ({ article, name, available }) =>
    `Раскуплен весь запас: ${article} «${name}», ${pieces('ru', available)}`,
  vanished: ({ article, name }) => `Пропал из ответа Ozon: ${article} «${name}»`,
  drop: (source) => `${source}: остаток на всех складах резко упал.`,
  synced: (source, { rows, created, updated, closed }) =>
    `${source}: прочитано ${number('ru', rows)}; остатков новых ${number('ru', created)}, изменилось ${number('ru', updated)}, закрыто ${number('ru', closed)}`,
  nothingChanged: (source, rows) => `${source}: прочитано ${number('ru', rows)}, ничего не изменилось`,
  waitingForMail: 'Ждём письмо об этом падении',
  mailCame: (subject) => `Письмо: «${subject}»`,
  queries: 'Два запроса из руководства',
  queriesBy: (user, zone) =>
    `Выполнил ${user} (SELECT, INSERT, UPDATE, DELETE и ничего больше). Время: ${zone}.`,
  truth: 'Сверка: симулятор знает правду, в MySQL должно быть то же',
  agrees: (source, { rows, products, available }) =>
    `${source}: ${counted(rows, ROWS)}, ${counted(products, PRODUCTS)}, ${pieces('ru', available)} — совпадает до последней штуки`,
  differs: (source, stored, truth) =>
    `${source}: в MySQL ${counted(stored.rows, ROWS)}, ${counted(stored.products, PRODUCTS)}, ${pieces('ru', stored.available)}, у симулятора ${counted(truth.rows, ROWS)}, ${counted(truth.products, PRODUCTS)}, ${pieces('ru', truth.available)}`,
  knownToo: (source, count) =>
    `${source}: products_count считает и ${counted(count, PRODUCTS)} без единой строки остатка сейчас: известные товары остаются с нулём`,
  events: 'События дня: было → стало',
  event: ({ article, name }, before, after, isClosed) =>
    `${article} «${name}»: ${number('ru', before)} → ${pieces('ru', after)}${isClosed ? ' (больше не сообщается)' : ''}`,
  totalMoved: (source, before, after) =>
    `${source}, весь остаток: ${number('ru', before)} → ${pieces('ru', after)} (${after < before ? '−' : '+'}${percent('ru', Math.abs(after - before) / before)})`,
  changes: (count) => `Последние изменения доступного остатка, ${count} новейших`,
  changeColumns: ['время', 'источник', 'товар', 'схема', 'склад', 'было → стало'],
  newRow: 'нет',
  closedRow: 'закрыта',
  schemeTotal: 'все',
  mail: 'Письмо, которое пришло',
  mailFrom: 'От кого',
  mailTo: 'Кому',
  mailSubject: 'Тема',
  moreLines: (count) => `… и ещё ${counted(count, ROWS)}`,
  places: 'Где что лежит',
  place: {
    kafka: 'Kafka',
    topics: 'Топики',
    mysql: 'MySQL',
    password: 'пароль: DB_PASSWORD в файле настроек',
    settings: 'Настройки',
    logs: 'Журналы',
    simulator: 'Симулятор',
    dashboard: 'Дашборд',
    stopped: (names) =>
      `Запущенное демонстрацией (${names}) сейчас остановится; данные останутся до следующего раза.`,
    staying: 'Серверы работали до демонстрации и работают дальше.',
  },
  next: 'Попробуйте сами, в другом окне',
  nextCommands: {
    check: 'проверить все соединения',
    sync: 'синхронизировать сейчас',
    drop: 'уронить остаток Ozon на треть: через полминуты придёт письмо',
    collapse: 'Ozon «теряет» 90 % товаров: снимок придержат, остаток устоит',
    restore: 'вернуть всё, что пропало',
  },
  again: (folder) => `Оставить работать: npm run demo. Всё, что помнит демонстрация, лежит в ${folder}`,
  goesOn: (seconds) => `Каждые ${seconds} с проходит час торговли. Остановить: Ctrl-C`,
  liveLine: ({ day, time }, parts) => `День ${day}, ${time}  ${parts}`,
  liveChanges: (source, changes) =>
    changes === 0 ? `${source}: без изменений` : `${source}: изменилось ${counted(changes, ROWS)}`,
  syncFailed: (code, message) => `sync закончился с кодом ${code}: ${message}`,
  stopped: (names) => `Остановлено: ${names}`,
  finished: (seconds) => `Всё сошлось. Заняло ${seconds}`,
};
