import { exitCodeOf, isAppError, messageOf } from '../src/errors.js';
import { provision } from './provision.js';

/** What `npm run setup` runs after the packages are there. */
try {
  await provision({ onProgress: (line) => console.log(line) });
  console.log('The engines are ready.');
} catch (error) {
  console.error(messageOf(error));
  if (isAppError(error) && error.remedy !== undefined) console.error(error.remedy);
  process.exitCode = exitCodeOf(error);
}
