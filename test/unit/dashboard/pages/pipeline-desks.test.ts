import { describe, expect, it } from 'vitest';
import { lettersCard, replayCard } from '../../../../src/dashboard/pages/pipeline-desks.js';
import type { JobProgress, LetterLine } from '../../../../src/dashboard/pipeline/contract.js';
import type { View } from '../../../../src/dashboard/web/view.js';
import { formatOf } from '../../../../src/dashboard/words/format.js';

const view: View = { locale: 'ru', path: '/pipeline', query: new URLSearchParams(), mayAct: true };
const format = formatOf('ru', 'UTC');
const letter: LetterLine = {
  ...{ id: 'abcdef012345', diedAt: 0, topic: 'raw', partition: 1, offset: 2 },
  ...{ stage: 'decode', why: 'broken', fate: null },
};
const job = (fields: Partial<JobProgress>): JobProgress => ({
  ...{ done: 0, of: 0, leftMs: null, isOver: false, lines: [] },
  ...fields,
});
const letters = (progress: JobProgress | null) =>
  lettersCard(view, { value: [letter], isAway: false }, progress, format).toString();
const replay = (progress: JobProgress | null) =>
  replayCard(view, { begin: async () => undefined, progress: () => progress }, format).toString();

describe('what the pipeline page says of a job', () => {
  it('begins nothing while one is under way', () => {
    for (const [progress, isBusy] of [
      [null, false],
      [job({}), true],
      [job({ isOver: true }), false],
    ] as const) {
      expect(letters(progress).match(/<button[^>]* disabled/g) ?? []).toHaveLength(isBusy ? 2 : 0);
      expect(replay(progress).includes('<button')).toBe(!isBusy);
    }
  });

  it('counts what is done, a single record too, and says how long it will take', () => {
    expect(letters(job({ done: 1, of: 3 }))).toMatch(/max="3" value="1".*Возвращено 1 из 3/);
    expect(letters(job({ done: 1, of: 1, isOver: true }))).toContain('Готово · Возвращено 1 из 1');
    expect(replay(job({ done: 500, of: 900, leftMs: 240_000 }))).toContain(
      'Прочитано записей: 500 из 900 · осталось около 4 мин',
    );
  });

  it('counts nothing where nobody has counted', () => {
    expect(letters(job({}))).toMatch(/<progress aria-label="Выполняется…"><\/progress> Выполняется…</);
    expect(replay(job({ isOver: true }))).toContain('<p>Готово</p>');
  });

  it('hands on which letters are meant, and in which language to speak of them', () => {
    const html = letters(null);
    expect(html).toContain('name="id" value="abcdef012345"');
    expect(html).toContain('name="all" value="1"');
    expect(html.match(/name="locale" value="ru"/g)).toHaveLength(2);
    expect(replay(null)).toContain('name="locale" value="ru"');
  });
});
