import type { LoadedConfig } from '../../config/load.js';
import { withoutLikelySecrets } from '../../config/secret-looks.js';
import type { LogDestination } from '../ops/log-destination.js';
import { createLineRedactor, redact } from '../ops/secrets.js';
import { Shutdown } from '../ops/shutdown.js';
import type { LogFields, Logger } from '../ports/logger.js';
import { errorText } from './error-text.js';
import { settingText } from './errors/settings-ru.js';
import type { NoteName } from './next-step.js';
import { localeBeforeSettings } from './reader-locale.js';
import { type Locale, WORDS, type Words } from './words.js';

/** How long a command that was asked to stop may take before it is ended. */
const GRACE_MS = 20_000;

export interface CommandOptions {
  /** The command's name, also that of its log file. */
  readonly command: string;
  readonly envFile?: string | undefined;
  readonly stdout?: Output | undefined;
  readonly stderr?: Output | undefined;
}

interface Output {
  write(text: string | Uint8Array): unknown;
}

/** What every command is handed: settings when it asks for them, and two ways to speak, neither of which tells secrets. */
export class CommandContext {
  readonly command: string;
  /** What decides which command is worth running next. */
  readonly notes = new Map<NoteName, string>();
  #loaded: LoadedConfig | undefined;
  #spoken: Locale | undefined;
  #shutdown: Shutdown | undefined;
  #destination: LogDestination | undefined;
  #fileLog: Logger | undefined;

  constructor(private readonly options: CommandOptions) {
    this.command = options.command;
  }

  /**
   * Reads the settings, once.
   *
   * @param warnings `tell`: what is odd about them is said at once; `keep`: whoever asks tells it in its own place
   * @throws CONFIG_INVALID
   */
  async settings(warnings: 'tell' | 'keep' = 'tell'): Promise<LoadedConfig> {
    if (this.#loaded === undefined) {
      const { loadConfig } = await import('../../config/load.js');
      this.#loaded = loadConfig({ envFile: this.options.envFile });
      if (warnings === 'tell')
        for (const warning of this.#loaded.warnings)
          this.say(`${this.words.warning}: ${settingText(warning, this.locale)}`);
    }
    return this.#loaded;
  }

  /** For the line that names the next useful command. The first note of a kind counts. */
  note(name: NoteName, value = ''): void {
    if (!this.notes.has(name)) this.notes.set(name, value);
  }

  get locale(): Locale {
    if (this.#loaded !== undefined) return this.#loaded.config.locale;
    this.#spoken ??= localeBeforeSettings(this.options.envFile);
    return this.#spoken;
  }

  /** For a command that learns the reader's language before there are settings. */
  speak(locale: Locale): void {
    this.#spoken = locale;
  }

  get words(): Words {
    return WORDS[this.locale];
  }

  /** From the first call on SIGINT and SIGTERM ask for an orderly end; before it they end the process as usual. */
  get shutdown(): Shutdown {
    this.#shutdown ??= new Shutdown({ graceMs: GRACE_MS, onSignal: () => this.say(this.words.stopping) });
    return this.#shutdown;
  }

  /** Data, for people and programs: to stdout, without a line end of its own. */
  print(text: string): void {
    (this.options.stdout ?? process.stdout).write(this.clean(text));
  }

  /** The same with nothing masked: for settings of servers that were made here and open nothing else. */
  printOpenly(text: string): void {
    (this.options.stdout ?? process.stdout).write(text);
  }

  /** Bytes as they are, for programs: nothing in them is masked. */
  printBytes(bytes: Uint8Array): void {
    (this.options.stdout ?? process.stdout).write(bytes);
  }

  /** One JSON document to stdout, which stays JSON whatever had to be masked. */
  printJson(document: object): void {
    const masked = createLineRedactor(this.#loaded?.secrets ?? [])(JSON.stringify(document));
    (this.options.stdout ?? process.stdout).write(`${masked.trimEnd()}\n`);
  }

  /** A line about what is going on: to stderr. */
  say(line: string): void {
    (this.options.stderr ?? process.stderr).write(this.clean(`${line}\n`));
  }

  /** An error that does not end the command, or is about to. */
  complain(error: unknown, subject?: string): void {
    const text = errorText(error, { locale: this.locale, debug: this.#isDebugging(), subject });
    (this.options.stderr ?? process.stderr).write(this.clean(text));
    this.record({ error, subject }, 'the command failed');
  }

  /** An error for the log file alone, where there is one: people have been told in their own words. */
  record(fields: LogFields, message: string): void {
    this.#fileLog?.error(fields, message);
  }

  /** The text without the values of secrets. */
  clean(text: string): string {
    if (this.#loaded === undefined) return withoutLikelySecrets(text, process.env);
    return redact(text, this.#loaded.secrets);
  }

  /**
   * The command's log: a file under LOG_FILE_PATH, else stderr. There a daemon writes JSON, and a command for people
   * plain lines, of warnings only: what else there is to know it says itself.
   */
  async logger(kind: 'daemon' | 'for-people'): Promise<Logger> {
    const { config, secrets } = await this.settings();
    const { createLogger } = await import('../ops/logger.js');
    const { logDestination } = await import('../ops/log-destination.js');
    const { level, filePath } = config.log;
    const destination = logDestination({ path: filePath, command: this.command });
    this.#destination = destination;
    const common = { name: `inventory-sync ${this.command}`, secrets };
    if (destination.file !== null) {
      this.#fileLog = createLogger({ ...common, level, destination });
      this.#fileLog.info({ envFile: this.#loaded?.envFile }, 'the command began');
      return this.#fileLog;
    }
    if (kind === 'daemon') return createLogger({ ...common, level, destination });
    const { plainLines } = await import('./plain-log.js');
    const plain = {
      ...plainLines((line) => this.say(line), this.words),
      takeNotice: () => destination.takeNotice(),
    };
    return createLogger({ ...common, level: level === 'info' ? 'warn' : level, destination: plain });
  }

  /** 128 + signal where the command was told to stop. */
  get signalExitCode(): number | null {
    return this.#shutdown?.exitCode ?? null;
  }

  /** @param exitCode for the log file: whoever looks for a run of cron's finds when it ended, and how */
  dispose(exitCode?: number): void {
    this.#fileLog?.info({ exitCode }, 'the command ended');
    this.#shutdown?.dispose();
    this.#destination?.close();
  }

  #isDebugging(): boolean {
    const level = this.#loaded?.config.log.level ?? process.env.LOG_LEVEL?.trim().toLowerCase();
    return level === 'debug' || level === 'trace';
  }
}
