import { BY_CODE } from './by-code.js';

/**
 * English remedy → the Russian one, and what happened where that is more than the error's code tells: of all that an
 * error says, its remedy tells best of which kind it is.
 */
interface Kind {
  readonly what?: string;
  readonly remedy: string;
}

const settings: Readonly<Record<string, Kind>> = {
  'Correct the environment; .env.example explains every name.': {
    remedy: 'Исправьте переменные окружения; каждое имя объяснено в .env.example',
  },
  'Correct {file} or the environment; .env.example explains every name.': {
    remedy: 'Исправьте {file} или переменные окружения; каждое имя объяснено в .env.example',
  },
  'Set it in {file} or in the environment.': {
    what: 'не хватает настройки',
    remedy: 'Задайте её в {file} или в окружении; каждое имя объяснено в .env.example',
  },
  'Set them in {file} or in the environment.': {
    what: 'не хватает настроек',
    remedy: 'Задайте их в {file} или в окружении; каждое имя объяснено в .env.example',
  },
  'give one that begins with http:// or https://': {
    what: 'это не адрес http:// или https://',
    remedy: 'Задайте адрес, который начинается с http:// или https://',
  },
  'Give an IANA name such as Europe/Moscow.': {
    what: 'нет такого часового пояса',
    remedy: 'Задайте имя из базы IANA, например Europe/Moscow',
  },
  'Put {place} where the id of the warehouse belongs, as in {path}.': {
    what: 'в пути из WB_PATHS нет места для номера склада',
    remedy: 'Поставьте {place} туда, где должен быть номер склада, как в {path}',
  },
};

const database: Readonly<Record<string, Kind>> = {
  'check DB_USER and DB_PASSWORD': {
    what: 'MySQL не пускает: пользователь или пароль неверны',
    remedy: 'Проверьте DB_USER и DB_PASSWORD',
  },
  'check DB_ADMIN_USER and DB_ADMIN_PASSWORD': {
    what: 'MySQL не пускает: пользователь или пароль неверны',
    remedy: 'Проверьте DB_ADMIN_USER и DB_ADMIN_PASSWORD',
  },
  'grant the user SELECT, INSERT, UPDATE and DELETE on the database named by DB_NAME': {
    what: 'пользователю MySQL не хватает прав',
    remedy: 'Выдайте ему SELECT, INSERT, UPDATE и DELETE на базу из DB_NAME',
  },
  'let DB_ADMIN_USER name a user with all rights on {database} ({user} has not), or give a DBA what `inventory-sync migrate --print-sql` prints':
    {
      what: 'пользователю MySQL не хватает прав на миграцию',
      remedy:
        'Задайте в DB_ADMIN_USER пользователя со всеми правами на {database} (у {user} их нет) или передайте администратору базы то, что напечатает `inventory-sync migrate --print-sql`',
    },
  'create the database named by DB_NAME, or correct the name': {
    what: 'в MySQL нет такой базы',
    remedy: 'Создайте базу из DB_NAME или исправьте имя',
  },
  'check DB_SSL_CA and the server certificate': {
    what: 'MySQL: не удалось установить защищённое соединение',
    remedy: 'Проверьте DB_SSL_CA и сертификат сервера',
  },
  'check DB_HOST and DB_PORT, and that the server runs, is writable and has room': BY_CODE.DB_UNAVAILABLE.ru,
  'the server takes no writes: let DB_HOST name the primary, or end its read-only mode': {
    what: 'MySQL работает только на чтение',
    remedy: 'Укажите в DB_HOST основной сервер, а не реплику, или снимите с этого режим read_only',
  },
  "make room on the server's disk, or give it more memory": {
    what: 'у MySQL кончилось место на диске или память',
    remedy: 'Освободите место на диске сервера или добавьте ему памяти',
  },
  'lower DB_POOL_SIZE, run fewer workers, or raise max_connections of the server': {
    what: 'MySQL не принимает новых соединений',
    remedy: 'Уменьшите DB_POOL_SIZE или число обработчиков либо увеличьте max_connections сервера',
  },
  'raise max_allowed_packet of the server, at least to 16 MB': {
    what: 'MySQL не принимает такой большой запрос',
    remedy: 'Увеличьте max_allowed_packet сервера хотя бы до 16 МБ',
  },
  'the transaction is tried again': BY_CODE.DB_CONFLICT.ru,
  'check that MySQL gets on': {
    what: 'MySQL отвечает слишком долго',
    remedy: 'Посмотрите, чем занят MySQL',
  },
  'this is a fault of the program or of hands in its tables: please report it': BY_CODE.INVARIANT.ru,
  'run `inventory-sync migrate`': BY_CODE.DB_UNFIT.ru,
  'run `inventory-sync migrate --adopt`, which renames them aside and loses nothing, or set DB_NAME to another database':
    {
      what: 'имена наших таблиц в этой базе заняты другой программой',
      remedy:
        'Выполните `inventory-sync migrate --adopt`: чужие таблицы будут переименованы, ничего не пропадёт; или укажите в DB_NAME другую базу',
    },
  'run `inventory-sync migrate` of the version that began it, then this one; or begin with an empty database':
    {
      what: 'миграцию прервали, а теперь её шаги другие',
      remedy:
        'Выполните `inventory-sync migrate` той версии, которая её начала, затем этой; или начните с пустой базы',
    },
  'restore it from a backup, or set DB_NAME to an empty database and run `inventory-sync migrate`': {
    what: 'из базы пропали таблицы',
    remedy:
      'Восстановите базу из резервной копии или укажите в DB_NAME пустую и выполните `inventory-sync migrate`',
  },
  'see with SHOW PROCESSLIST what it does, and run `inventory-sync migrate` again': {
    what: 'другая миграция этой базы всё не кончается',
    remedy: 'Посмотрите через SHOW PROCESSLIST, чем она занята, и выполните `inventory-sync migrate` снова',
  },
};

const kafka: Readonly<Record<string, Kind>> = {
  'check KAFKA_BROKERS and that the broker runs (own engines: `inventory-sync engines up`)': {
    remedy:
      'Проверьте KAFKA_BROKERS и KAFKA_SSL и что брокер работает и доступен с этой машины (свой запускает `inventory-sync engines up`)',
  },
  'check KAFKA_BROKERS, that the broker runs, and that a firewall lets this machine reach it': {
    remedy: 'Проверьте KAFKA_BROKERS, работает ли брокер и пускает ли к нему сетевой экран',
  },
  'check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and the rights of that user': BY_CODE.KAFKA_REFUSED.ru,
  'run `inventory-sync topics create`; check KAFKA_TOPIC_PREFIX': BY_CODE.TOPIC_UNFIT.ru,
  'run `inventory-sync topics create`': { remedy: 'Выполните `inventory-sync topics create`' },
  'run `inventory-sync topics create`, which puts max.message.bytes of the topics right': {
    remedy: 'Выполните `inventory-sync topics create`: он исправит max.message.bytes топиков',
  },
  'this machine’s clock is more than an hour fast: set it, or run `inventory-sync topics create`, by which the broker’s clock counts alone':
    {
      what: 'часы этой машины спешат больше чем на час',
      remedy:
        'Переведите их или выполните `inventory-sync topics create`: тогда считаться будут только часы брокера',
    },
  'see what the broker refuses in its log, and change its policy or the topics': {
    remedy: 'Посмотрите в журнале брокера, что он не принимает, и измените его правила или топики',
  },
  'give the user of KAFKA_SASL_USERNAME the right to write to these topics': {
    remedy: 'Разрешите пользователю из KAFKA_SASL_USERNAME писать в эти топики',
  },
  '{remedy}; it goes on by itself then': { remedy: '{remedy}; дальше всё пойдёт само' },
  'use another KAFKA_TOPIC_PREFIX: partitions of this topic cannot be changed without reordering keys': {
    what: 'у топика не столько разделов, сколько нужно',
    remedy:
      'Задайте другой KAFKA_TOPIC_PREFIX: число разделов этого топика менять нельзя, порядок ключей собьётся',
  },
  'going on would lose data silently: run `inventory-sync topics adopt {option}--execute`, then `inventory-sync sync --source=all --full-resync`':
    {
      remedy:
        'Продолжать нельзя, данные пропали бы незаметно: выполните `inventory-sync topics adopt {option}--execute`, затем `inventory-sync sync --source=all --full-resync`',
    },
  'run `inventory-sync topics adopt` first': {
    remedy: 'Сначала выполните `inventory-sync topics adopt`',
  },
  'look into the log of the workers; the next worker or the next sync applies it': {
    what: 'прочитанное сохранено в Kafka, но пока не применено',
    remedy: 'Посмотрите журнал обработчиков; применит следующий worker или следующий sync',
  },
  'nothing is lost: start the worker again (a supervisor such as systemd does so by itself)': {
    what: 'обработчик перестал читать то, что ждёт',
    remedy: 'Ничего не потеряно: запустите worker снова (systemd и подобные сделают это сами)',
  },
  'nothing is lost, it waits for the projector; if none runs, start one: inventory-sync worker':
    BY_CODE.LEDGER_BEHIND.ru,
};

const commands: Readonly<Record<string, Kind>> = {
  'choose from {names}': { what: 'обработчика с таким именем нет', remedy: 'Выберите из: {names}' },
  'add --full-resync if what is missing is really gone': {
    what: 'параметр --accept-absences действует только вместе с --full-resync',
    remedy: 'Добавьте --full-resync, если недостающего действительно больше нет',
  },
  'give numbers by commas, as they stand in the message that refuses the topic: 3,7': {
    what: 'параметру --partitions нужны номера разделов',
    remedy: 'Перечислите номера через запятую, как в сообщении об этом топике: 3,7',
  },
  '`inventory-sync dlq list` shows the ids': {
    what: 'команде dlq redrive нужны либо номера записей, либо --all',
    remedy: 'Номера показывает `inventory-sync dlq list`',
  },
  '`inventory-sync dlq list --all` shows them; at least {least} digits of an id are needed': {
    what: 'такой нечитаемой записи нет',
    remedy: 'Их показывает `inventory-sync dlq list --all`; от номера нужно не меньше {least} первых знаков',
  },
  'give more digits': {
    what: 'так начинаются номера нескольких записей',
    remedy: 'Наберите больше знаков номера',
  },
  'its time to be kept is over': {
    what: 'этой записи в топике больше нет',
    remedy: 'Ничего: срок её хранения истёк',
  },
  'see `inventory-sync replay --help`': {
    what: 'параметры replay не подходят друг к другу',
    remedy: 'Посмотрите `inventory-sync replay --help`',
  },
  'known feeds: {feeds}': { what: 'такого потока нет', remedy: 'Есть такие: {feeds}' },
  'look for its id in the table `snapshots`, or in the sync events': {
    what: 'такого снимка нет',
    remedy: 'Найдите его номер в таблице `snapshots` или в топике sync-events.v1',
  },
  'use --from-beginning': {
    what: 'этот снимок прочитан до того, как топик создали заново',
    remedy: 'Используйте --from-beginning',
  },
  'use --to-datetime {time} or --from-beginning; RAW_RETENTION_DAYS says how long the log is kept': {
    what: 'так далеко назад топик уже ничего не хранит',
    remedy:
      'Используйте --to-datetime {time} или --from-beginning; сколько дней хранится топик, задаёт RAW_RETENTION_DAYS',
  },
  'no replay is unfinished': {
    what: 'такого незаконченного replay нет',
    remedy: 'Незаконченных replay нет: начните новый',
  },
  'unfinished: {list}': { what: 'такого незаконченного replay нет', remedy: 'Не закончены: {list}' },
  'go on with it: `inventory-sync replay --resume {number} --execute`; or give it up: `inventory-sync replay --discard {number2}`':
    {
      what: 'прошлый replay не закончен',
      remedy:
        'Продолжите его: `inventory-sync replay --resume {number} --execute` — или откажитесь от него: `inventory-sync replay --discard {number2}`',
    },
  'look into the log of the workers; then run `inventory-sync replay --resume {number} --execute`': {
    what: 'replay не двигается',
    remedy:
      'Посмотрите журнал обработчиков, затем выполните `inventory-sync replay --resume {number} --execute`',
  },
  'discard this replay, and begin another one': {
    what: 'топик уже не хранит того, что нужно этому replay',
    remedy: 'Откажитесь от этого replay (--discard) и начните новый',
  },
  'stop its consumers first: their next commit would undo the reset': {
    what: 'у этой группы есть работающие потребители',
    remedy: 'Сначала остановите их: своей следующей отметкой они отменили бы отмотку',
  },
  'use `inventory-sync replay --from-beginning` to fold the log anew, `inventory-sync topics adopt` after a topic was made anew':
    {
      what: 'это наша группа: её место записано в базе, а не в её смещениях',
      remedy:
        'Свернуть топик заново: `inventory-sync replay --from-beginning`; после пересоздания топика: `inventory-sync topics adopt`',
    },
  'check --topic and KAFKA_TOPIC_PREFIX': {
    what: 'такого топика нет',
    remedy: 'Проверьте --topic и KAFKA_TOPIC_PREFIX',
  },
  'for example --topic stock-changes, or --topic stock-changes:0,3': {
    what: 'в --topic не топик и не топик с номерами разделов',
    remedy: 'Например, --topic stock-changes или --topic stock-changes:0,3',
  },
  'it has {count}: 0 to {last}': {
    what: 'такого раздела у топика нет',
    remedy: 'Разделов {count}: от 0 до {last}',
  },
  'use --to-earliest, --to-latest, --to-datetime or --to-offset': {
    what: 'у группы нет смещения, которое можно было бы сдвинуть',
    remedy: 'Используйте --to-earliest, --to-latest, --to-datetime или --to-offset',
  },
  'add --print systemd': {
    what: 'параметры --out и --engines нужны только для --print systemd',
    remedy: 'Добавьте --print systemd',
  },
  'name a folder that you may write to': {
    what: 'в папку из --out нельзя записать',
    remedy: 'Укажите папку, в которую вам можно писать',
  },
  'make one: {command}': {
    what: 'на этой машине нет такого пользователя',
    remedy: 'Создайте его: {command}',
  },
  'start it first: {command}': {
    what: 'сервер не запущен, и его команда неизвестна',
    remedy: 'Сначала запустите его: {command}',
  },
  'set it up first: see its settings in .env.example': {
    what: 'этот канал не настроен',
    remedy: 'Сначала задайте его настройки: они объяснены в .env.example',
  },
  'No stock row is this large: look at what the marketplace sends.': {
    what: 'строка ответа слишком велика',
    remedy: 'Таких строк остатков не бывает: посмотрите, что присылает маркетплейс',
  },
  'The marketplace sent something undocumented; the row is kept as it came, for whoever mends the reader.': {
    what: 'маркетплейс прислал то, чего нет в его описании',
    remedy: 'Строка сохранена как есть: сообщите о ней, чтобы программу научили её читать',
  },
};

const ownServers: Readonly<Record<string, Kind>> = {
  'Name another port, or 0 for any free one.': {
    what: 'порт занят',
    remedy: 'Задайте другой порт или 0: тогда подойдёт любой свободный',
  },
  'Check the network (a proxy or mirror is set in ~/.m2/settings.xml), then run the command again.': {
    what: 'не удалось скачать сервер',
    remedy: 'Проверьте сеть (прокси и зеркало задают в ~/.m2/settings.xml) и запустите команду ещё раз',
  },
  'Check the network, then: {command}': {
    what: 'не удалось установить пакеты',
    remedy: 'Проверьте сеть, затем выполните: {command}',
  },
  'sudo apt-get update && sudo apt-get install -y {packages}': {
    what: 'на этой машине не хватает пакетов',
    remedy: 'Выполните: sudo apt-get update && sudo apt-get install -y {packages}',
  },
  'Clone or install inventory-sync again.': {
    what: 'программа установлена не полностью',
    remedy: 'Скачайте или установите inventory-sync заново',
  },
  'Is the topic there, and the broker up?': { remedy: 'Проверьте, есть ли топик и работает ли брокер' },
  'Is there room on the disk?': { remedy: 'Проверьте, есть ли место на диске' },
  'Is there room on the disk? `{command}` starts over with empty data.': {
    what: 'не удалось подготовить папку данных',
    remedy: 'Проверьте, есть ли место на диске; `{command}` начинает заново с пустыми данными',
  },
  'It belongs to another user: stop it as that user.': {
    what: 'этот процесс запущен другим пользователем',
    remedy: 'Остановите его от имени того пользователя',
  },
  'Look at the disk: a process that cannot be killed waits for it.': {
    what: 'процесс не завершается',
    remedy: 'Проверьте диск: такой процесс ждёт его',
  },
  'Name a writable folder in INVENTORY_SYNC_ENGINES_DIR.': {
    what: 'в эту папку нельзя писать',
    remedy: 'Укажите в INVENTORY_SYNC_ENGINES_DIR папку, в которую можно писать',
  },
  'Read {file}; `{command}` starts over with empty data.': {
    remedy: 'Прочтите {file}; `{command}` начинает заново с пустыми данными',
  },
  'Set JAVA_HOME to a Java 17.': { what: 'не найдена Java 17', remedy: 'Укажите Java 17 в JAVA_HOME' },
  'Start afresh with `{command}`.': {
    what: 'файл состояния повреждён',
    remedy: 'Начните заново: `{command}`',
  },
  'Start the servers with `docker compose up`, or name your own by KAFKA_BROKERS and DB_HOST.': {
    what: 'на этой системе свои Kafka и MySQL не запускаются',
    remedy: 'Запустите серверы через `docker compose up` или укажите свои в KAFKA_BROKERS и DB_HOST',
  },
  'Stop programs that listen there, then try again.': {
    what: 'нет свободного порта',
    remedy: 'Остановите программы, которые их занимают, и попробуйте снова',
  },
  'npm run setup': { what: 'установлено не всё, что нужно', remedy: 'Выполните: npm run setup' },
};

const demo: Readonly<Record<string, Kind>> = {
  '{remedy}; or take the setting away ({place}), and the demo starts a server of its own': {
    remedy: '{remedy}; или уберите эту настройку ({place}), и демонстрация запустит свой сервер',
  },
  'start that server': { remedy: 'Запустите этот сервер' },
  'as an administrator of MySQL, run:\n{statements}': {
    what: 'пользователю MySQL не хватает прав на базу демонстрации',
    remedy: 'Выполните от имени администратора MySQL:\n{statements}',
  },
  'set DB_NAME to another database for the demo, or unset DB_HOST: then the demo starts a MySQL of its own': {
    what: 'в этой базе остатки настоящего кабинета: демонстрация смешала бы их с выдуманными',
    remedy:
      'Укажите в DB_NAME другую базу для демонстрации или уберите DB_HOST: тогда она запустит свой MySQL',
  },
  'stop it with Ctrl-C in its terminal, or wait until it ends, and start this one again': {
    what: 'в этой папке уже идёт демонстрация',
    remedy: 'Остановите её через Ctrl-C в её окне или дождитесь конца и запустите эту снова',
  },
  'read what the workers say in {folder}': {
    what: 'письмо о резком падении не пришло',
    remedy: 'Прочтите, что пишут обработчики: {folder}',
  },
  'read {file}, then start the demo again': {
    what: 'часть демонстрации не работает',
    remedy: 'Прочтите {file} и запустите демонстрацию снова',
  },
  'see with `npm run engines -- status` and `ps` what still runs': {
    what: 'что-то из запущенного демонстрацией не остановилось',
    remedy: 'Посмотрите через `npm run engines -- status` и `ps`, что ещё работает',
  },
  'please report it, with the logs of the demo': {
    what: 'в таблицах не то, что сообщают маркетплейсы',
    remedy: 'Сообщите об этом и приложите журналы демонстрации',
  },
};

export const BY_REMEDY: Readonly<Record<string, Kind>> = {
  ...{ ...settings, ...database, ...kafka, ...commands, ...ownServers, ...demo },
};
