/**
 * Facts of one log line, by name. Anything may be in them: errors are written with code, facts, remedy and
 * stack, byte arrays as their length, and what looks like a credential is masked.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/** The log as inner layers see it. No method throws, whatever it is handed. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
