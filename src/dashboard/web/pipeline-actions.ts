import { AppError } from '../../errors.js';
import { type JobBegun, LETTER_ID, type PipelineDesks } from '../pipeline/contract.js';
import type { Action } from './actions.js';

const MOST_HOURS = 9_600;

/** Redrive and replay, where somebody carries them out. They are begun here; the page shows how far they are. */
export function pipelineActions({
  letters,
  replay,
}: Pick<PipelineDesks, 'letters' | 'replay'>): ReadonlyMap<string, Action> {
  const actions = new Map<string, Action>();
  if (letters !== null)
    actions.set('redrive', async (form) => {
      await letters.redrive(lettersOf(form), begunBy(form));
      return 'begun';
    });
  if (replay !== null)
    actions.set('replay', async (form) => {
      const hours = Number(form.get('hours'));
      if (!Number.isInteger(hours) || hours < 1 || hours > MOST_HOURS)
        throw new AppError('USAGE', `hours are a whole number from 1 to ${MOST_HOURS}`);
      await replay.begin({ hours, isDryRun: form.get('dry') !== '0' }, begunBy(form));
      return 'begun';
    });
  return actions;
}

function lettersOf(form: URLSearchParams): readonly string[] | 'all' {
  const ids = form.getAll('id');
  if (form.get('all') === '1' && ids.length === 0) return 'all';
  if (ids.length > 0 && !form.has('all') && ids.every((id) => LETTER_ID.test(id))) return ids;
  throw new AppError('USAGE', 'name dead letters by ids of 12 hex digits, or all of them by all=1');
}

/** The language of the page that the form stands on. */
function begunBy(form: URLSearchParams): JobBegun {
  const locale = form.get('locale');
  return { locale: locale === 'ru' || locale === 'en' ? locale : undefined };
}
