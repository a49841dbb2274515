import { describe, expect, test } from 'vitest';
import { FetchProgress } from '../../../engines/fetch-progress.js';

const assigned = (...names: string[]): string =>
  `ConsumerRebalanceListenerInvoker [Consumer clientId=c, groupId=g] Adding newly assigned partitions: [${names.join(', ')}]`;
const asks = (name: string, offset: number): string =>
  `AbstractFetch [Consumer clientId=c, groupId=g] Added read_committed fetch request for partition ${name} at position FetchPosition{offset=${offset}, offsetEpoch=Optional.empty, currentLeader=…} to node 127.0.0.1:1`;
const answer = (name: string, end: number, stable: number, errorCode = 0): string =>
  `AbstractFetch [Consumer clientId=c, groupId=g] Fetch read_committed at offset 0 for partition ${name} returned fetch data PartitionData(partitionIndex=0, errorCode=${errorCode}, highWatermark=${end}, lastStableOffset=${stable}, logStartOffset=0, records=…)`;

function having(...lines: string[]): FetchProgress {
  const progress = new FetchProgress();
  for (const line of lines) expect(progress.note(line)).toBe(true);
  return progress;
}

describe('the end is reached', () => {
  test('not before partitions are assigned, nor before each of them answered', () => {
    expect(having().atEnd(0)).toBe(false);
    expect(having(assigned('t-0', 't-1')).atEnd(0)).toBe(false);
    expect(having(assigned('t-0', 't-1'), asks('t-0', 0), asks('t-1', 0), answer('t-0', 0, 0)).atEnd(0)).toBe(
      false,
    );
  });

  test('at once for empty partitions', () => {
    const lines = [
      assigned('t-0', 't-1'),
      asks('t-0', 0),
      asks('t-1', 0),
      answer('t-0', 0, 0),
      answer('t-1', 0, 0),
    ];
    expect(having(...lines).atEnd(0)).toBe(true);
  });

  test('when every position has come to the stable end', () => {
    const begun = [
      assigned('t-0', 't-1'),
      asks('t-0', 0),
      asks('t-1', 0),
      answer('t-0', 6, 6),
      answer('t-1', 9, 9),
    ];
    expect(having(...begun).atEnd(0)).toBe(false);
    expect(having(...begun, asks('t-0', 6), asks('t-1', 5)).atEnd(0)).toBe(false);
    expect(having(...begun, asks('t-0', 6), asks('t-1', 9)).atEnd(0)).toBe(true);
  });

  test('an end that moved on is followed', () => {
    const progress = having(
      assigned('t-0'),
      asks('t-0', 0),
      answer('t-0', 6, 6),
      asks('t-0', 6),
      answer('t-0', 8, 8),
    );
    expect(progress.atEnd(0)).toBe(false);
    progress.note(asks('t-0', 8));
    expect(progress.atEnd(0)).toBe(true);
  });

  test('an open transaction is given time for its markers, then taken as open', () => {
    const progress = having(assigned('t-0'), asks('t-0', 0), answer('t-0', 7, 4), asks('t-0', 4));
    expect(progress.atEnd(1_000)).toBe(false);
    expect(progress.atEnd(3_999)).toBe(false);
    expect(progress.atEnd(4_000)).toBe(true);
  });

  test('markers that come in time end the waiting and start the reading again', () => {
    const progress = having(assigned('t-0'), asks('t-0', 0), answer('t-0', 7, 4), asks('t-0', 4));
    expect(progress.atEnd(1_000)).toBe(false);
    progress.note(answer('t-0', 8, 8));
    expect(progress.atEnd(9_000)).toBe(false);
    progress.note(asks('t-0', 8));
    expect(progress.atEnd(9_001)).toBe(true);
  });

  test('an answer with an error says nothing about the end', () => {
    const progress = having(assigned('t-0'), asks('t-0', 0), answer('t-0', 0, 0, 6));
    expect(progress.atEnd(0)).toBe(false);
  });
});

test('complaints are told apart from progress', () => {
  const progress = new FetchProgress();
  expect(
    progress.note('NetworkClient [Consumer clientId=c] Connection to node -1 could not be established'),
  ).toBe(false);
  expect(
    progress.note('AbstractFetch [Consumer clientId=c] Sending read_committed FullFetchRequest(…)'),
  ).toBe(true);
});
