import type { BilingualAdvice } from '../../errors.js';

function advice(what: string, ru: string, en: string): BilingualAdvice {
  return { ru: { what, remedy: ru }, en: { what: '', remedy: en } };
}

const NO_ROOM = advice(
  'на диске нет места',
  'Освободите место и запустите команду ещё раз',
  'make room on the disk, and run the command again',
);
const NO_RIGHTS = advice(
  'нет прав на файл или папку',
  'Дайте права пользователю, от имени которого работает команда, или укажите другой путь',
  'give the rights to the user that the command runs as, or name another path',
);
const MISPLACED = advice(
  'файла или папки нет на месте',
  'Проверьте путь, названный в сообщении',
  'check the path that the message names',
);
const TOO_MANY = advice(
  'открыто слишком много файлов',
  'Увеличьте предел открытых файлов (ulimit -n, в systemd LimitNOFILE)',
  'raise the limit of open files (ulimit -n, with systemd LimitNOFILE)',
);

/** What the system says about files, by its own code. In English its message tells what happened. */
const BY_SYSTEM_CODE: Readonly<Record<string, BilingualAdvice>> = {
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
  EACCES: NO_RIGHTS,
  EPERM: NO_RIGHTS,
  EROFS: advice(
    'диск доступен только для чтения',
    'Подключите его с правом записи или укажите путь на другом диске',
    'mount it for writing, or name a path on another disk',
  ),
  ENOENT: MISPLACED,
  ENOTDIR: MISPLACED,
  EISDIR: MISPLACED,
  EIO: advice(
    'диск не читается или не пишется',
    'Проверьте диск: о чём говорит dmesg',
    'look at the disk: see what dmesg says',
  ),
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
  EADDRINUSE: advice(
    'порт уже занят',
    'Остановите программу, которая его занимает, или задайте другой порт',
    'stop the program that listens there, or name another port',
  ),
};

const UNFORESEEN = advice(
  'непредвиденный сбой',
  'Это ошибка программы: сообщите о ней и приложите то, что выводится с LOG_LEVEL=debug',
  'this is a fault of the program: please report it, with what LOG_LEVEL=debug shows',
);

/** About an error that is none of ours. */
export function foreignAdvice(error: unknown): BilingualAdvice {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return UNFORESEEN;
  return BY_SYSTEM_CODE[String(error.code)] ?? UNFORESEEN;
}
