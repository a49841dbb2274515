import type { DoctorWords } from './doctor-words.js';

export const DOCTOR_RU: DoctorWords = {
  titles: {
    clock: 'Часы',
    versions: 'Версии',
    rights: 'Права в базе',
    topics: 'Топики',
    broker: 'Настройки брокера',
    groups: 'Группы обработчиков',
    letters: 'Непрочитанные записи',
    freshness: 'Свежесть',
    settings: 'Файл настроек',
    disk: 'Диск',
  },
  noDatabase: 'не проверялось: нет связи с базой',
  noKafka: 'не проверялось: нет связи с Kafka',
  notMigrated: 'не проверялось: таблиц ещё нет',
  clock: {
    nobody: 'сверить не с кем: никто не ответил',
    agrees: (names) => `идут вровень: ${names}`,
    off: (name, seconds, isAhead) =>
      `часы этой машины ${isAhead ? 'спешат' : 'отстают'} на ${seconds} с по сравнению с ${name}`,
    mend: 'Включите синхронизацию времени: `timedatectl set-ntp true` или chrony; в контейнере идут часы его хоста',
    mendDatabase:
      'С маркетплейсами время сходится: включите синхронизацию времени на машине с MySQL (`timedatectl set-ntp true` или chrony)',
    zone: (server) => `наши сессии MySQL работают в UTC (сам сервер: ${server})`,
    sessionZone: (zone) =>
      `наши сессии MySQL работают в зоне ${zone}, а не в UTC: время в таблицах будет неверным`,
    mendZone:
      'Что-то между программой и MySQL не пропускает SET time_zone: подключайтесь без этого прокси или разрешите ему эту команду',
  },
  versions: {
    kafka: (version, brokers) =>
      `Kafka${version === null ? '' : ` ${version}`} (брокеров: ${brokers}${version === null ? ', версию не сообщает' : ''})`,
    old: (what, least) => `${what}: это старее того, на чём программу проверяли (${least})`,
    renew: (name) => `Поставьте более новую версию ${name}`,
    migrated: 'таблицы соответствуют версии программы',
    pending: (count) => `не выполнено миграций: ${count} (inventory-sync migrate)`,
    newer: (names) => `таблицы новее этой программы: она не знает ${names}`,
    renewProgram:
      'Обновите программу на этой машине до версии, которая обновила таблицы; до тех пор старая и новая могут работать рядом',
  },
  rights: {
    enough: (user) => `у ${user} есть всё нужное: SELECT, INSERT, UPDATE, DELETE`,
    lacks: (user) => `пользователю ${user} не хватает прав`,
    grant: (statements) => `Выполните от имени администратора MySQL: ${statements}`,
    more: (rights) =>
      `к сведению: прав больше, чем нужно (${rights}); надёжнее пользователь с SELECT, INSERT, UPDATE, DELETE только на эту базу`,
    everywhere: 'все базы',
  },
  topics: {
    fine: (topics, partitions) =>
      `топиков: ${topics}, разделов: ${partitions}, настроены так, как их создаёт \`topics create\``,
    missing: (topics) => `нет топиков: ${topics}`,
    create: 'Выполните `inventory-sync topics create`',
    partitions: (topic, count, expected) => `${topic}: разделов ${count}, а должно быть ${expected}`,
    mendPartitions:
      'Задайте другой KAFKA_TOPIC_PREFIX, затем `inventory-sync topics create` и полная синхронизация: число разделов этого топика менять нельзя, порядок ключей собьётся',
    setting: (topic, name, was, value) => `${topic}: ${name} = ${was || 'не задано'}, а должно быть ${value}`,
    notTaken: (topic, inSync, least) =>
      `${topic} не принимает записи: актуальных копий ${inSync}, а min.insync.replicas требует ${least}`,
    mendMinInSync: 'Уменьшите min.insync.replicas топика или добавьте ему копий',
    behind: (topic, inSync, replicas) => `${topic}: актуальных копий ${inSync} из ${replicas}`,
    mendReplicas: 'Посмотрите, какой брокер не работает или отстал, и верните его',
    tooSmall: (topic, bytes, least) => `${topic} принимает не больше ${bytes} байт за раз, нужно ${least}`,
    mendTooSmall: 'Верните max.message.bytes топика или message.max.bytes брокера к обычным 1048588',
    singleCopy: (brokers) =>
      `брокеров ${brokers}, а у топиков одна копия: потеря одного брокера — потеря данных`,
    mendSingleCopy:
      'Задайте KAFKA_REPLICATION_FACTOR=3 до создания топиков; для существующих есть kafka-reassign-partitions',
  },
  broker: {
    setting: (node, name, value, expected) => `брокер ${node}: ${name} = ${value}, а нужно ${expected}`,
    mend: (name) => `Исправьте ${name} в настройках брокера и перезапустите его`,
    mendSession:
      'Задайте KAFKA_SESSION_TIMEOUT в пределах, которые разрешает брокер, или измените его настройку',
    silent: 'брокер их не сообщает',
  },
  groups: {
    group: (name, state, members, waiting) => `${name}: ${state}, участников ${members}, ждут ${waiting}`,
    states: {
      Stable: 'работает',
      Empty: 'пуста',
      Dead: 'ещё не создана',
      PreparingRebalance: 'делит разделы',
      CompletingRebalance: 'делит разделы',
    },
    nobody: 'обработчики не запущены: каждая синхронизация сама разбирает то, что прочла',
    idle: (names) => `никто не работает за: ${names}`,
    mendIdle: 'Запустите `inventory-sync worker` без --only или ещё один для этих групп',
    odd: (group, partitions) =>
      `${group}: прочитанное и содержимое топика больше не сходятся (разделы ${partitions})`,
    adopt: 'Выполните `inventory-sync topics adopt` и прочтите, что он скажет',
  },
  letters: {
    none: 'за сутки ни одной',
    some: (count) => `за сутки: ${count}`,
    mend: 'Выполните `inventory-sync dlq list`',
  },
  freshness: {
    never: 'остатки ещё не читались',
    fresh: (source, age) => `${source}: последнее полное чтение ${age} назад`,
    stale: (source, age, hours) =>
      `${source}: последнее полное чтение ${age} назад, MAX_SYNC_AGE_HOURS допускает ${hours} ч`,
    mendStale:
      'Выполните `inventory-sync sync --source=all` и проверьте, что работает cron или `inventory-sync schedule`',
    beats: (command) => `${command} работает`,
    silent: (command, age) => `${command} не подаёт признаков жизни ${age}`,
    mendSilent: (file) =>
      `Проверьте, работает ли он, и запустите заново; если он больше не нужен, удалите ${file}`,
  },
  settings: {
    file: (path) => path,
    noFile: '.env не найден: все настройки взяты из окружения',
    readable: (path, mode) => `права ${path}: ${mode}, ключи могут прочесть другие пользователи этой машины`,
    mend: 'Исправьте это в настройках; каждое имя объяснено в .env.example',
  },
  disk: {
    none: 'отсюда не видно ни одной нашей папки',
    free: (free, where) => `свободно ${free}: ${where}`,
    full: (free, where) => `свободно только ${free}: ${where}`,
    mend: 'Освободите место или перенесите эти папки на диск побольше',
  },
  verdict: (failed, warnings) => {
    if (failed === 0 && warnings === 0) return 'Всё в порядке.';
    return `${failed === 0 ? 'Работе ничто не мешает' : `Исправить (✗): ${failed}`}${warnings === 0 ? '' : `; стоит взглянуть (!): ${warnings}`}.`;
  },
};
