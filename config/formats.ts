import { isIP } from 'node:net';
import type { Secret } from '../src/domain/secret.js';
import * as read from './readers.js';

/** Bounds of one setting, both included; which of them matter depends on its format. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/**
 * One way of writing a value. `read` turns text into the value, or gives undefined where the text has another
 * form; `fits` judges the finished value; `expected` completes the sentence "expected …".
 */
export interface Format {
  read(text: string): unknown;
  fits(value: unknown, limits: Limits): boolean;
  expected(limits: Limits): string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** What each format yields in the finished configuration. */
export interface FormatValues {
  whole: number;
  decimal: number;
  seconds: number;
  share: number;
  flag: boolean;
  choice: string;
  text: string;
  secret: Secret;
  'secret-url': Secret;
  host: string;
  'database-host': string;
  'database-name': string;
  'http-url': string;
  'readable-file': string;
  folder: string;
  digits: string;
  'warehouse-ids': 'all' | readonly string[];
  brokers: readonly string[];
  'client-id': string;
  'topic-prefix': string;
  mailbox: string;
  addresses: readonly string[];
  'log-level': LogLevel;
  'time-zone': string;
  paths: Readonly<Record<string, string>>;
}

export type FormatName = keyof FormatValues;

/** The longest topic suffix of ours is 17 characters, and a Kafka topic name ends at 249: 200 leaves room. */
const TOPIC_PREFIX_MAX = 200;
const ADDRESS = /^[^\s@,;<>"'()]+@[^\s@,;<>"'()]+$/u;
/** `//host` would lead to another host, and so would backslashes; braces stand around what is filled in. */
const URL_PATH = /^\/(?!\/)[^\s?#\\\p{Cc}]*$/u;
const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function range({ min, max }: Limits): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}

function within(value: unknown, { min = -Infinity, max = Infinity }: Limits): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isHost(value: unknown): boolean {
  return typeof value === 'string' && (isIP(value) !== 0 || /^[\p{L}\p{N}_]([\p{L}\p{N}._-]*)$/u.test(value));
}

function isBroker(value: unknown): boolean {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/u.exec(String(value)) ?? [];
  const bare = /^\[(.+)\]$/u.exec(host)?.[1];
  const hostFits = bare === undefined ? isIP(host) !== 6 && isHost(host) : isIP(bare) === 6;
  return hostFits && Number(port) >= 1 && Number(port) <= 65_535;
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\/[^\s?#@\\]+$/iu.test(value)) return false;
  return URL.canParse(value);
}

function isTimeZone(value: unknown): boolean {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
}

function everyFits(value: unknown, one: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(one);
}

const asIs = (text: string): string => text;
const oneLine = (value: unknown): boolean => matches(value, /^\P{Cc}+$/u);
const isPath = (value: unknown): boolean => oneLine(value) && !String(value).includes('-----BEGIN');

/** The table behind every setting; convict learns each entry under its name. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  whole: {
    read: read.wholeNumber,
    fits: (value, limits) => Number.isSafeInteger(value) && within(value, limits),
    expected: (limits) => `a whole number${range(limits)}`,
  },
  decimal: {
    read: read.decimalNumber,
    fits: within,
    expected: (limits) => `a number${range(limits)}, with a decimal point if any`,
  },
  seconds: {
    read: read.decimalNumber,
    fits: within,
    expected: (limits) => `a number of seconds${range(limits)}, without a unit (30 or 0.5)`,
  },
  share: {
    read: read.decimalNumber,
    fits: (value) => within(value, { min: 0, max: 1 }),
    expected: () => 'a share from 0 to 1, with a decimal point (0.1 is ten per cent)',
  },
  flag: {
    read: read.flag,
    fits: (value) => typeof value === 'boolean',
    expected: () => 'true or false (1, 0, yes and no will do)',
  },
  choice: {
    read: (text) => text.toLowerCase(),
    fits: (value, { choices = [] }) => typeof value === 'string' && choices.includes(value),
    expected: ({ choices = [] }) => `one of ${choices.join(', ')}`,
  },
  text: {
    read: asIs,
    // A token pasted here would be shown wherever names are.
    fits: (value) => oneLine(value) && !/^(?:Bearer\s+)?eyJ[\w-]+\./iu.test(String(value)),
    expected: () => 'one line of text, no token',
  },
  secret: { read: asIs, fits: oneLine, expected: () => 'one line of text without control characters' },
  'secret-url': {
    read: asIs,
    fits: (value) => matches(value, /^https?:\/\/[^\s\\]+$/iu) && URL.canParse(String(value)),
    expected: () => 'an http:// or https:// address',
  },
  host: { read: asIs, fits: isHost, expected: () => 'a host name or IP address, without scheme and port' },
  'database-host': {
    read: (text) => (text.toLowerCase() === 'localhost' ? '127.0.0.1' : text),
    fits: isHost,
    expected: () => 'a host name or IP address, without scheme and port',
  },
  'database-name': {
    read: asIs,
    fits: (value) => matches(value, /^[^\p{Cc}`/\\.]{1,64}$/u),
    expected: () => 'a database name of 1 to 64 characters without ` / \\ and .',
  },
  'http-url': {
    read: (text) => text.replace(/\/+$/u, ''),
    fits: isHttpUrl,
    expected: () => 'an http:// or https:// address without user, query and fragment',
  },
  'readable-file': { read: asIs, fits: isPath, expected: () => 'the path of a PEM file, not its content' },
  folder: { read: asIs, fits: isPath, expected: () => 'the path of a folder' },
  digits: {
    read: asIs,
    fits: (value) => matches(value, /^[0-9]{1,19}$/u),
    expected: () => 'a number of digits only',
  },
  'warehouse-ids': {
    read: read.warehouseIds,
    fits: (value) =>
      value === 'all' ||
      (everyFits(value, (id) => matches(id, /^[0-9]{1,19}$/u)) && (value as unknown[]).length > 0),
    expected: () => 'nothing, "all", or warehouse ids (digits) separated by commas',
  },
  brokers: {
    read: read.list,
    fits: (value) => everyFits(value, isBroker) && (value as unknown[]).length > 0,
    expected: () => 'addresses host:port separated by commas (an IPv6 host in brackets)',
  },
  'client-id': {
    read: asIs,
    fits: (value) => matches(value, /^[A-Za-z0-9._-]{1,200}$/u),
    expected: () => 'letters a-z, digits, dot, underscore and hyphen, at most 200 characters',
  },
  'topic-prefix': {
    read: asIs,
    fits: (value) =>
      matches(value, /^[a-z0-9-]+(\.[a-z0-9-]+)*$/u) && String(value).length <= TOPIC_PREFIX_MAX,
    expected: () =>
      `small letters a-z, digits and hyphens in parts joined by dots, at most ${TOPIC_PREFIX_MAX} characters`,
  },
  mailbox: {
    read: asIs,
    fits: (value) => isMailbox(value),
    expected: () => 'a mail address, or Name <address>',
  },
  addresses: {
    read: read.list,
    fits: (value) => everyFits(value, (address) => matches(address, ADDRESS)),
    expected: () => 'mail addresses separated by commas',
  },
  'log-level': {
    read: read.logLevel,
    fits: (value) => typeof value === 'string' && LEVELS.includes(value),
    expected: () => `one of ${LEVELS.join(', ')} (WARNING and CRITICAL will do)`,
  },
  'time-zone': {
    read: asIs,
    fits: isTimeZone,
    expected: () => 'a time zone that this Node.js knows, such as Europe/Moscow',
  },
  paths: {
    read: read.namedPaths,
    fits: arePaths,
    expected: ({ choices = [] }) =>
      `name=/path separated by commas, each name once, a path without blanks, ? and #; the names are ${choices.join(', ')}`,
  },
};

function arePaths(value: unknown, { choices = [] }: Limits): boolean {
  const pairs = value as readonly (readonly [string, string])[];
  if (!Array.isArray(value) || new Set(pairs.map(([name]) => name)).size < pairs.length) return false;
  return pairs.every(([name, path]) => choices.includes(name) && URL_PATH.test(path));
}

function isMailbox(value: unknown): boolean {
  const [, inner] = /^[^\p{Cc}<>"]*<([^<>]+)>$/u.exec(String(value)) ?? [];
  return matches(inner ?? value, ADDRESS);
}
