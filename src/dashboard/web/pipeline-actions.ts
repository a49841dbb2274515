import { AppError } from '../../errors.js';
import type { PipelineDesks } from '../pipeline/contract.js';
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
      await letters.redrive(form.getAll('id'));
      return 'begun';
    });
  if (replay !== null)
    actions.set('replay', async (form) => {
      const hours = Number(form.get('hours'));
      if (!Number.isInteger(hours) || hours < 1 || hours > MOST_HOURS)
        throw new AppError('USAGE', `hours are a whole number from 1 to ${MOST_HOURS}`);
      await replay.begin({ hours, isDryRun: form.get('dry') !== '0' });
      return 'begun';
    });
  return actions;
}
