/** What `--help` says of commands, options and arguments: English → Russian. */
export const HELP_RU: Readonly<Record<string, string>> = {
  'Usage:': 'Использование:',
  'Arguments:': 'Аргументы:',
  'Options:': 'Параметры:',
  'Global Options:': 'Общие параметры:',
  'Commands:': 'Команды:',
  'display help for command': 'показать эту справку',
  'output the version number': 'показать версию',

  'One true picture of your stock on Ozon and Wildberries: polled, streamed through Kafka into MySQL.':
    'Верная картина ваших остатков на Ozon и Wildberries: опрос, поток через Kafka, таблицы в MySQL.',
  'settings file; default: .env in the working folder, then in the install folder':
    'файл настроек; по умолчанию .env в рабочей папке, затем в папке программы',
  'no colour, nothing redrawn or drawn, rows that name their columns: for screen readers and grep':
    'без цвета, перерисовки и рамок, строки называют свои столбцы: для программ чтения с экрана и grep',
  'one JSON document on stdout': 'один документ JSON в stdout',
  'one JSON document on stdout, with --watch one a line':
    'один документ JSON в stdout, с --watch — по одному на строку',
  'do it': 'сделать это',
  which: 'какой',

  'ask for keys and servers, try each, and write .env; every question is also an option, a name in the environment, or for secrets a file (- for stdin)':
    'спросить ключи и серверы, проверить каждый и записать .env; ответить можно и параметром, и переменной окружения, а на вопрос о секрете — файлом (- означает stdin)',
  'the file to write; default: --env-file, else .env in the working folder':
    'какой файл записать; по умолчанию --env-file, а без него .env в рабочей папке',
  'replace the file if it is there; a copy of it is kept as .env.bak':
    'заменить файл, если он есть; прежний сохранится как .env.bak',
  'ask nothing; without a terminal nothing is asked anyway': 'ни о чём не спрашивать; без терминала и так',
  'write without trying anything': 'записать, ничего не проверяя',
  'what becomes of answers that fail their test': 'что делать с ответами, которые не прошли проверку',
  'OZON_API_KEY is in this file': 'OZON_API_KEY лежит в этом файле',
  'nothing is read from Ozon': 'не читать Ozon',
  'WB_API_KEY is in this file': 'WB_API_KEY лежит в этом файле',
  'nothing is read from Wildberries': 'не читать Wildberries',
  'DB_PASSWORD is in this file': 'DB_PASSWORD лежит в этом файле',
  'SMTP_PASSWORD is in this file': 'SMTP_PASSWORD лежит в этом файле',
  'no mail is sent': 'не слать писем',
  'DASHBOARD_TOKEN is in this file; else one is made':
    'DASHBOARD_TOKEN лежит в этом файле; без параметра токен создаётся',
  'make none': 'не создавать его',

  'try the marketplaces, the database, Kafka and the mail server with the present settings, and look at clock, versions, rights, topics, disk and whatever else has stopped others':
    'проверить с нынешними настройками маркетплейсы, базу, Kafka и почтовый сервер, а ещё часы, версии, права, топики, диск и всё, что уже подводило других',
  'send one real mail to ALERT_EMAIL and print what the server says':
    'отправить настоящее письмо на ALERT_EMAIL и показать ответ сервера',
  'send one real message over another channel and print what the receiver says':
    'отправить настоящее сообщение по другому каналу и показать ответ получателя',
  'the settings': 'настройки',
  'every setting as it is in force and where it comes from; secrets are masked':
    'каждая настройка, как она действует, и откуда взята; секреты скрыты',
  'bring the database up to this version (DB_ADMIN_USER, else DB_USER)':
    'привести базу к этой версии (от имени DB_ADMIN_USER, а без него DB_USER)',
  'rename tables that are not ours and have our names aside':
    'переименовать чужие таблицы, которые заняли наши имена',
  'print the SQL for a DBA, change nothing': 'напечатать SQL для администратора базы и ничего не менять',
  'print a script by which a shell completes commands and options; it tells where to put it':
    'напечатать скрипт, с которым оболочка дополняет команды и параметры; куда его положить, сказано в нём',

  'read the stock, publish it, and return when it is applied to the tables and published':
    'прочитать остатки, опубликовать их и вернуться, когда они записаны в таблицы',
  'which marketplace': 'какой маркетплейс',
  'read catalogues and stock whole, however fresh they are, and compare every row with the tables themselves':
    'прочитать каталоги и остатки целиком, даже если они свежие, и сверить каждую строку с самими таблицами',
  'what is missing is really gone; releases a held read; only with --full-resync':
    'недостающего действительно больше нет; снимает придержку; только с --full-resync',
  'read, and show what would change; write nothing: no Kafka, no tables but the count of requests':
    'прочитать и показать, что изменилось бы; ничего не писать ни в Kafka, ни в таблицы, кроме счёта запросов',
  'return as soon as everything read is in Kafka': 'вернуться, как только всё прочитанное записано в Kafka',
  'run the stream consumers until stopped; start as many as you like':
    'запустить обработчики потоков до остановки; запускать можно сколько угодно',
  'some of projector,anomaly,mailer': 'некоторые из projector,anomaly,mailer',
  'go by the timetable until stopped: sync, full resync, health, weekly report':
    'работать по расписанию до остановки: синхронизация, полная синхронизация, проверка, недельный отчёт',
  'which timetable; default: SCHEDULE_PROFILE': 'какое расписание; по умолчанию SCHEDULE_PROFILE',
  'print files for others to go by it, and end':
    'напечатать файлы, по которым это расписание исполнят другие, и закончить',
  'with --print: the user that everything runs as; default: the one who prints':
    'с --print: от чьего имени всё запускать; по умолчанию от имени того, кто печатает',
  'with --print systemd: write the files there instead of to stdout':
    'с --print systemd: записать файлы туда, а не в stdout',
  'with --print systemd: how many workers': 'с --print systemd: сколько обработчиков',
  'with --print systemd: units of the Kafka and MySQL of `engines up` too':
    'с --print systemd: также юниты Kafka и MySQL из `engines up`',
  'how things are, what was noticed, and what to do about it; takes exactly one of its options':
    'как идут дела, что замечено и что с этим делать; нужен ровно один из параметров',
  'look at every part; ends with 0 (fine), 1 (degraded) or 2 (down)':
    'проверить каждую часть; код 0 — порядок, 1 — есть нарушения, 2 — не работает',
  'how old the data is and how the last run ended; ends with 0, 1 or 2':
    'насколько свежи данные и чем кончился последний запуск; код 0, 1 или 2',
  'what the rules say, or would have said, since --since (30 days)':
    'что правила говорят или сказали бы за --since (30 дней)',
  'mail what happened since --since (7 days), with a chart and a table':
    'отправить письмо о том, что было за --since (7 дней), с графиком и таблицей',
  'the alerts that are open, with their fingerprints': 'открытые оповещения и их отпечатки',
  'tell nothing of this alert for the time that --for names':
    'молчать об этом оповещении столько, сколько задано в --for',
  'tell of it again': 'снова сообщать о нём',
  'seen: it is not repeated while it is open': 'увидено: не повторять, пока открыто',
  'when this product is low on stock; `article=` removes that':
    'с какого остатка этого товара мало; `артикул=` убирает порог',
  'with --mute: 30m, 2h, 7d or PT12H': 'с --mute: 30m, 2h, 7d или PT12H',
  'how far back: P30D, PT12H, P2W': 'за какой срок: P30D, PT12H, P2W',
  'with --weekly-report: to stdout instead of by mail': 'с --weekly-report: в stdout, а не письмом',

  'the Kafka topics': 'топики Kafka',
  'make missing topics, put their settings right': 'создать недостающие топики, исправить их настройки',
  'go on with topics that were truncated or made anew; shows what would be done':
    'продолжить с топиками, которые урезаны или созданы заново; показывает, что было бы сделано',
  'these of the raw topic too, although their offsets fit: it was made anew':
    'также эти разделы сырого топика, хотя их смещения сходятся: он создан заново',
  'the dead letters: records that could not be read': 'записи, которые не удалось прочитать',
  'the open ones: what, when, why, where': 'открытые: что, когда, почему, где',
  'also those that were redriven or dropped': 'также возвращённые и списанные',
  'why it died, where it lay, its headers and bytes':
    'почему не прочитана, где лежала, её заголовки и содержимое',
  'exactly the bytes of its value, and nothing else': 'в точности байты её содержимого, и ничего больше',
  'as listed, or its first digits': 'как в списке, или первые знаки',
  'as listed, or their first digits': 'как в списке, или первые знаки',
  'send back to the topic it came from what can be read by now, and say what became of it':
    'вернуть в прежний топик то, что теперь читается, и сказать, что с ним стало',
  'every open one': 'все открытые',
  'records a second': 'записей в секунду',
  'also what no longer counts, and what was redriven or dropped before':
    'также то, что уже ничего не изменит, и то, что уже возвращали или списали',
  'nobody wants it any more: it counts in no health check, and --all passes it over':
    'списать: в проверках она больше не считается, и --all её пропускает',
  'fold the log of raw snapshots once more, and put right what differs; shows what would be done unless told to --execute':
    'свернуть топик сырых снимков ещё раз и исправить расхождения; без --execute только показывает, что сделал бы',
  'everything that the log still holds': 'всё, что топик ещё хранит',
  'since then: YYYY-MM-DDTHH:mm:ss.sss, in UTC or with ±hh:mm':
    'с этого времени: YYYY-MM-DDTHH:mm:ss.sss, по UTC или с ±hh:mm',
  'since so long ago: P7D, PT12H': 'за такой срок до сих пор: P7D, PT12H',
  'this snapshot and those of its feed after it': 'этот снимок и следующие снимки его потока',
  'feeds of this marketplace alone': 'только потоки этого маркетплейса',
  'this feed alone: source:account:endpoint': 'только этот поток: source:account:endpoint',
  'what the replay lacks is really gone': 'чего в replay нет, того действительно больше нет',
  'go on with an interrupted replay': 'продолжить прерванный replay',
  'give a replay up, and remove what it has folded': 'отказаться от replay и удалить то, что он свернул',
  'let a group that is not ours read once more, from:': 'пусть чужая группа прочитает ещё раз, начиная с:',
  'with --reset-group: the topic that it reads, or topic:0,3 for some partitions; default: stock-changes':
    'с --reset-group: какой топик она читает, или топик:0,3 для части разделов; по умолчанию stock-changes',
  'with --reset-group: where it is now': 'с --reset-group: там, где она сейчас',
  'only show what would be done, as without it':
    'только показать, что будет сделано, — как и без этого ключа',
  'with --reset-group: the oldest record': 'с --reset-group: самая старая запись',
  'with --reset-group: what comes next': 'с --reset-group: то, что появится дальше',
  'with --reset-group: this offset': 'с --reset-group: это смещение',
  'with --reset-group: so many records on, or back': 'с --reset-group: на столько записей вперёд или назад',
  'how far each group has come in each partition, and how long what waits has been waiting':
    'как далеко продвинулась каждая группа в каждом разделе и как долго ждёт то, что ждёт',
  'another group instead of ours': 'другая группа вместо наших',
  'with --group: the topic that it reads; default: stock-changes':
    'с --group: какой топик она читает; по умолчанию stock-changes',
  'again every two seconds, until Ctrl-C': 'повторять каждые две секунды до Ctrl-C',

  'stand-in for both marketplaces; prints the settings that point at it':
    'замена обоих маркетплейсов; печатает настройки, которые на неё указывают',
  'TCP port on 127.0.0.1; 0: any free one': 'порт TCP на 127.0.0.1; 0 — любой свободный',
  'products on each marketplace': 'сколько товаров на каждом маркетплейсе',
  'the same seed gives the same shop': 'одно и то же число даёт один и тот же магазин',
  'a real Kafka and a real MySQL on this machine, without Docker':
    'настоящие Kafka и MySQL на этой машине, без Docker',
  'start them; prints the settings that point at them':
    'запустить их; печатает настройки, которые на них указывают',
  'their data folder; default: .engines/dev in the install folder':
    'папка их данных; по умолчанию .engines/dev в папке программы',
  'stop what was started here, and only that; data stay':
    'остановить только то, что запущено отсюда; данные останутся',
  'remove the data too': 'удалить и данные',
  'what runs, and where': 'что работает и где',
  'pages to see and steer it all, on DASHBOARD_HOST and DASHBOARD_PORT, until stopped':
    'страницы, на которых всё видно и откуда всем управляют, на DASHBOARD_HOST и DASHBOARD_PORT, до остановки',
  'the whole pipe on this machine, with invented marketplaces; stays up until Ctrl-C':
    'весь путь данных на этой машине, с выдуманными маркетплейсами; работает до Ctrl-C',
  'end when everything has been shown': 'закончить, когда всё показано',
  'do not open the dashboard in the browser of this desktop': 'не открывать дашборд в браузере',
};
