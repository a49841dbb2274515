import type { Locale } from '../words.js';
import { inRussian, type Sentences } from './sentence.js';

const FORMS: Sentences = {
  'a whole number{range}': 'нужно целое число{range}',
  'a number{range}, with a decimal point if any': 'нужно число{range}, дробная часть через точку',
  'a number of seconds{range}, without a unit (30 or 0.5)':
    'нужно число секунд{range}, без единицы измерения (30 или 0.5)',
  ' from {min} to {max}': ' от {min} до {max}',
  ' of at least {min}': ' не меньше {min}',
  ' of at most {max}': ' не больше {max}',
  'a share from 0 to 1, with a decimal point (0.1 is ten per cent)':
    'нужна доля от 0 до 1, через точку (0.1 — это десять процентов)',
  'true or false (1, 0, yes and no will do)': 'нужно true или false (подойдут 1, 0, yes и no)',
  'one of {levels} (WARNING and CRITICAL will do)': 'нужно одно из: {levels} (подойдут WARNING и CRITICAL)',
  'one of {choices}': 'нужно одно из: {choices}',
  'one line of text, no token': 'нужна одна строка текста, и не токен',
  'one line of text without control characters': 'нужна одна строка без управляющих символов',
  'an http:// or https:// address': 'нужен адрес http:// или https://',
  'an http:// or https:// address without user, query and fragment':
    'нужен адрес http:// или https:// без имени пользователя и без всего, что за ? и #',
  'a host name or IP address, without scheme and port':
    'нужно имя узла или IP-адрес, без http:// и без порта',
  'a database name of 1 to 64 characters without ` / \\ and .':
    'нужно имя базы: от 1 до 64 знаков, без ` / \\ и точки',
  'the path of a PEM file, not its content': 'нужен путь к файлу PEM, а не его содержимое',
  'the path of a folder': 'нужен путь к папке',
  'a number of digits only': 'нужны только цифры',
  'nothing, "all", or warehouse ids (digits) separated by commas':
    'нужно пустое значение, all или номера складов (цифры) через запятую',
  'addresses host:port separated by commas (an IPv6 host in brackets)':
    'нужны адреса host:port через запятую (IPv6 в квадратных скобках)',
  'letters a-z, digits, dot, underscore and hyphen, at most {max} characters':
    'нужны латинские буквы, цифры, точка, подчёркивание и дефис, не больше {max} знаков',
  'small letters a-z, digits and hyphens in parts joined by dots, at most {max} characters':
    'нужны строчные латинские буквы, цифры и дефисы, части через точку, не больше {max} знаков',
  'a mail address, or Name <address>': 'нужен почтовый адрес или Имя <адрес>',
  'mail addresses separated by commas': 'нужны почтовые адреса через запятую',
  'a time zone that this Node.js knows, such as Europe/Moscow':
    'нужен часовой пояс, который знает этот Node.js, например Europe/Moscow',
  'name=/path separated by commas, each name once, a path without blanks, ? and #; the names are {names}':
    'нужны имя=/путь через запятую, каждое имя один раз, в пути нет пробелов, ? и #; имена: {names}',
};

const PLACES: Sentences = {
  environment: 'окружение',
  '{place}, read from {file}': '{place}, прочитано из {file}',
  '{file}, line {line}': '{file}, строка {line}',
  'the file it names below {folder}': 'названный в ней файл в {folder}',
  'the name before =': 'имя перед =',
};

/** Each line about a setting that is refused or odd. */
const LINES: Sentences = {
  '{path}: is UTF-16; save it as UTF-8': '{path}: в кодировке UTF-16; сохраните его в UTF-8',
  '{path}: {name} is given in line {first} and again in line {line}; the last counts':
    '{path}: {name} задано в строке {first} и ещё раз в строке {line}; действует последнее',
  '{place}: expected NAME=value or a comment': '{place}: нужно ИМЯ=значение или комментарий',
  '{place}: the opening quote is never closed': '{place}: кавычка открыта и не закрыта',
  '{place}: there is text after the closing quote': '{place}: после закрывающей кавычки есть текст',
  '{place}: {name} is not in UTF-8; save the file as UTF-8':
    '{place}: значение {name} не в UTF-8; сохраните файл в UTF-8',
  '{place}: {name} is not a setting; did you mean {near}?':
    '{place}: нет такой настройки: {name}; может быть, {near}?',
  '{place}: {name} is not a setting': '{place}: нет такой настройки: {name}',
  '{name}: not a setting (environment); did you mean {near}?':
    '{name}: нет такой настройки (окружение); может быть, {near}?',
  '{name}: not a setting (environment)': '{name}: нет такой настройки (окружение)',
  '{name}: expected {form}; got {value} ({place})': '{name}: {form}; задано {value} ({place})',
  '{name}: expected {form}; its value is not shown ({place})':
    '{name}: {form}; заданное значение не показываем ({place})',
  '{name}: {path} is empty': '{name}: файл {path} пуст',
  '{name} and {file} are both given ({place}): keep one of them':
    '{name} и {file} заданы одновременно ({place}): оставьте что-то одно',
  '{name} is set but KAFKA_SSL is not true': '{name} задано, а KAFKA_SSL не true',
  '{name} is set but {other} is not': '{name} задано, а {other} нет',
  '{name}: {path} cannot be read ({reason})': '{name}: не читается {path} ({reason})',
  '{path}: cannot be read ({reason})': '{path}: не читается ({reason})',
  '{path} has mode {mode}: other users of this machine can get at it; run: {command}':
    'права {path}: {mode}, его могут прочесть другие пользователи этой машины; выполните: {command}',
};

const HEADS: Sentences = {
  'A setting is wrong:': 'настройка задана неверно:',
  '{count} settings are wrong:': 'неверно заданных настроек — {count}:',
};

const ALL: Sentences = { ...LINES, ...FORMS, ...PLACES };

/** A line about one setting; as it is where it has no Russian. */
export function settingText(line: string, locale: Locale): string {
  return locale === 'ru' ? (inRussian(line, ALL) ?? line) : line;
}

/** What the settings were refused with, line by line; undefined where the message is about something else. */
export function refusedSettings(message: string): string | undefined {
  const [first = '', ...lines] = message.split('\n');
  const head = inRussian(first, HEADS);
  if (head === undefined) return undefined;
  return [head, ...lines.map((line) => `  ${settingText(line.trim(), 'ru')}`)].join('\n');
}
