import { statSync } from 'node:fs';
import { envFileModeWarning } from '../../../config/file-mode.js';
import type { LoadedConfig } from '../../../config/load.js';
import { settingText } from '../errors/settings-ru.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

/** Names that are unknown and values that are none have been refused before any command begins. */
export function checkSettings({ envFile, warnings, config }: LoadedConfig): Finding {
  const words = DOCTOR_WORDS[config.locale].settings;
  const [open] = envFile === null ? [] : envFileModeWarning(envFile);
  const problems: Problem[] = warnings
    .filter((warning) => warning !== open)
    .map((line) => ({ level: 'warning', what: settingText(line, config.locale), remedy: words.mend }));
  if (envFile !== null && open !== undefined)
    problems.unshift({
      level: 'warning',
      what: words.readable(envFile, (statSync(envFile).mode & 0o777).toString(8)),
      remedy: `chmod 600 '${envFile.replaceAll("'", `'\\''`)}'`,
    });
  return { details: [envFile === null ? words.noFile : words.file(envFile)], problems };
}
