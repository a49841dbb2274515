import { describe, expect, test } from 'vitest';
import {
  precisionOf,
  recallOf,
  scoreByRule,
  sumOf,
  type Told,
  tellStory,
} from '../../../../bench/anomaly-story/score.js';
import { Story } from '../../../../bench/anomaly-story/story.js';
import { RULES } from '../../../../src/domain/anomaly/rules.js';
import { settings } from './settings.js';

// The story that bench/anomaly.ts tells at length, of a small shop: enough to see a rule go deaf or hysterical.
const SMALL = { ...settings(), products: 80, days: 14 };
const shop = (seed: number, every: number) => new Story({ ...SMALL, seed, every });

describe.each([
  [21, 1],
  [22, 1],
  [23, 6],
])('six weeks of a shop, seed %i, read every %i hours', (seed, every) => {
  const story = shop(seed, every);
  const { told, plain } = tellStory(story, settings());
  const { rules, missed, wrong } = scoreByRule(story, told);

  test('nearly all trouble is told, and nearly all that is told is trouble', () => {
    const all = sumOf(rules.values());
    expect(all.planted).toBeGreaterThan(every === 1 ? 150 : 80);
    expect(recallOf(all), `missed ${named(missed)}`).toBeGreaterThanOrEqual(0.95);
    expect(precisionOf(all), `wrong ${named(wrong)}`).toBeGreaterThanOrEqual(0.9);
  });

  test('the plain rule of ten percent cries wolf', () => {
    const plainly = scoreByRule(story, plain).rules.get('unusual-jump');
    expect(precisionOf(plainly ?? sumOf([]))).toBeLessThan(0.6);
    expect(precisionOf(rules.get('unusual-jump') ?? sumOf([]))).toBeGreaterThan(0.8);
  });
});

test('the story has work for every rule, and follows from its seed', () => {
  const stories = [shop(21, 1), shop(21, 1), shop(24, 1)].map((story) => {
    const { told } = tellStory(story, settings());
    return { rules: scoreByRule(story, told).rules, told: named(told) };
  });
  const [first, again, other] = stories;
  const planted = [...(first?.rules ?? [])].filter(([, score]) => score.planted > 0).map(([rule]) => rule);
  expect(planted.toSorted()).toEqual(RULES.map(({ name }) => name).toSorted());
  expect(again?.told).toBe(first?.told);
  expect(other?.told).not.toBe(first?.told);
});

function named(list: readonly Pick<Told, 'fingerprint'>[]): string {
  return list.map(({ fingerprint }) => fingerprint).join(' ');
}
