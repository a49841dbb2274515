import { AppError, type ErrorCode, isAppError, messageOf } from '../errors.js';

interface MysqlError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly fatal?: boolean;
}

const REFUSED: Readonly<Record<number, string>> = {
  1044: 'grant the user SELECT, INSERT, UPDATE and DELETE on the database named by DB_NAME',
  1045: 'check DB_USER and DB_PASSWORD',
  1049: 'create the database named by DB_NAME, or correct the name',
  1142: 'grant the user SELECT, INSERT, UPDATE and DELETE on the database named by DB_NAME',
  1698: 'check DB_USER and DB_PASSWORD',
};

/** Server restarting, read-only, out of connections or room: waiting helps, or a person's help will end the waiting. */
const UNAVAILABLE = new Set([
  1021, 1028, 1037, 1038, 1040, 1041, 1053, 1077, 1079, 1114, 1129, 1153, 1158, 1159, 1160, 1161, 1180, 1184,
  1203, 1226, 1290, 1317, 1792, 1836, 1927, 3024, 3032,
]);

/** Of these, what one person or another can do about it. */
const UNAVAILABLE_KINDS: readonly (readonly [remedy: string, errnos: readonly number[]])[] = [
  ['the server takes no writes: let DB_HOST name the primary, or end its read-only mode', [1290, 1792, 1836]],
  ["make room on the server's disk, or give it more memory", [1021, 1037, 1038, 1041, 1114]],
  ['lower DB_POOL_SIZE, run fewer workers, or raise max_connections of the server', [1040, 1203, 1226]],
  ['raise max_allowed_packet of the server, at least to 16 MB', [1153]],
];
const CONFLICT = new Set([1205, 1213, 3572]);
const UNFIT = new Set([1054, 1146, 1356]);
const NETWORK =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|PROTOCOL_CONNECTION_LOST|PROTOCOL_SEQUENCE_TIMEOUT|POOL_)/;

/** Turns what typeorm or mysql2 threw into one of our codes. The only place that knows MySQL's error numbers. */
export function databaseError(error: unknown, doing: string): AppError {
  if (isAppError(error)) return error;
  const driver = driverErrorOf(error);
  const errno = driver.errno ?? 0;
  const make = (code: ErrorCode, remedy: string) =>
    new AppError(code, `database: ${doing}: ${messageOf(driver)}`, {
      remedy,
      cause: driver,
      facts: { errno: driver.errno, sqlCode: driver.code },
    });
  if (CONFLICT.has(errno)) return make('DB_CONFLICT', 'the transaction is tried again');
  const refused = REFUSED[errno];
  if (refused !== undefined) return make('DB_REFUSED', refused);
  if (UNFIT.has(errno)) return make('DB_UNFIT', 'run `inventory-sync migrate`');
  if (driver.code?.startsWith('HANDSHAKE_SSL') || driver.code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return make('DB_REFUSED', 'check DB_SSL_CA and the server certificate');
  }
  if (UNAVAILABLE.has(errno) || driver.fatal === true || NETWORK.test(driver.code ?? '')) {
    const [remedy] = UNAVAILABLE_KINDS.find(([, errnos]) => errnos.includes(errno)) ?? [];
    return make(
      'DB_UNAVAILABLE',
      remedy ?? 'check DB_HOST and DB_PORT, and that the server runs, is writable and has room',
    );
  }
  return make('INVARIANT', 'this is a fault of the program or of hands in its tables: please report it');
}

function driverErrorOf(error: unknown): MysqlError {
  if (
    typeof error === 'object' &&
    error !== null &&
    'driverError' in error &&
    error.driverError instanceof Error
  ) {
    return error.driverError;
  }
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    return Object.assign(new Error(messageOf(error)), {
      code: (error.errors[0] as MysqlError).code ?? 'ECONNREFUSED',
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}
