import { BY_CODE } from './by-code.js';
import { inRussian, type Sentences } from './sentence.js';

/** What commander says, and what we tell it about values. */
const SENTENCES: Sentences = {
  "unknown option '{flag}' (Did you mean one of {near}?)":
    'нет такого параметра: {flag}; может быть, {near}?',
  "unknown option '{flag}' (Did you mean {near}?)": 'нет такого параметра: {flag}; может быть, {near}?',
  "unknown option '{flag}'": 'нет такого параметра: {flag}',
  "unknown command '{name}' (Did you mean one of {near}?)": 'нет такой команды: {name}; может быть, {near}?',
  "unknown command '{name}' (Did you mean {near}?)": 'нет такой команды: {name}; может быть, {near}?',
  "unknown command '{name}'": 'нет такой команды: {name}',
  "missing required argument '{name}'": 'не хватает аргумента: {name}',
  "option '{flags}' argument missing": 'у параметра {flags} нет значения',
  'too many arguments{of}. Expected {most} argument{s} but got {count}.':
    'лишние аргументы: задано {count}, а нужно не больше {most}',
  "option '{flags}' argument '{value}' is invalid. {why}":
    'параметру {flags} не подходит значение {value}: {why}',
  "command-argument value '{value}' is invalid for argument '{name}'. {why}":
    'аргументу {name} не подходит значение {value}: {why}',
  'Allowed choices are {choices}.': 'нужно одно из: {choices}',
  'Expected a whole number from {least} to {most}.': 'нужно целое число от {least} до {most}',
  'Expected a whole number, below zero to go back.': 'нужно целое число, для шага назад — меньше нуля',
  'Expected a duration of at most ten years such as P30D, PT12H or P2W.':
    'нужен срок не больше десяти лет, например P30D, PT12H или P2W',
  'Expected a duration such as 30m, 2h, 7d or PT12H.': 'нужен срок, например 30m, 2h, 7d или PT12H',
  'Expected a duration of more than nothing and at most ten years.':
    'нужен срок больше нуля и не больше десяти лет',
  'Expected a time such as {utc}, in UTC, or with its offset: {zoned}.':
    'нужно время по UTC, например {utc}, или со смещением: {zoned}',
};

/** About a command line that commander refuses. */
export function misuseInRussian(message: string): string {
  return inRussian(message, SENTENCES) ?? BY_CODE.USAGE.ru.what;
}
