import { AppError } from '../../errors.js';
import { within } from '../../ops/deadline.js';
import type { Reader } from '../../store/board/board-standing.js';

/** A database that is frozen says neither yes nor no: after so long a statement counts as failed. Milliseconds. */
const PATIENCE_MS = 20_000;

export function patientReader(db: Reader, patienceMs = PATIENCE_MS): Reader {
  return {
    query: (sql, parameters) =>
      within(
        patienceMs,
        db.query(sql, parameters),
        () =>
          new AppError('DB_UNAVAILABLE', 'the database takes too long', {
            remedy: 'check that MySQL gets on',
          }),
      ),
  };
}
