import { describe, expect, it } from 'vitest';
import { DigestSender } from '../../../src/consumers/digest-sender.js';
import { AppError } from '../../../src/errors.js';
import type { ClaimedDigest, DeliveryStore } from '../../../src/ports/alert-store.js';
import { RecordedInstruments } from '../../support/instruments.js';

const digest = (digestId: string): ClaimedDigest => ({
  digestId,
  recipients: 'a@shop.example',
  attempt: 1,
  createdAt: '2026-11-01T10:00:00.000Z',
  alerts: [],
  repeated: [],
  muted: [],
  traces: ['00-a-1-01', '00-b-2-01'],
});

/** Sends one digest that ends like that. */
async function measured(send: () => Promise<string>): Promise<RecordedInstruments> {
  const instruments = new RecordedInstruments();
  const waiting = [digest('d')];
  const deliveries: Pick<DeliveryStore, 'claim' | 'sent' | 'failed' | 'repeat'> = {
    claim: async () => waiting.shift() ?? null,
    sent: async () => undefined,
    failed: async () => undefined,
    repeat: async () => 0,
  };
  const silent = () => undefined;
  const sender = new DigestSender<string>({
    channel: 'mail',
    deliveries: deliveries as DeliveryStore,
    transport: { send },
    render: () => 'message',
    recipients: 'a@shop.example',
    now: () => 0,
    after: () => silent,
    log: { info: silent, warn: silent, error: silent },
    onFatal: silent,
    instruments,
  });
  await sender.flush();
  return instruments;
}

describe('digests', () => {
  it('are counted by what became of them', async () => {
    const outcomes: [() => Promise<string>, string][] = [
      [async () => '250 ok', 'sent'],
      [() => Promise.reject(new AppError('MAIL_UNAVAILABLE', 'away')), 'failed'],
      [
        () => Promise.reject(new AppError('MAIL_REFUSED', 'spam', { facts: { stage: 'message' } })),
        'given-up',
      ],
    ];
    for (const [send, outcome] of outcomes)
      expect((await measured(send)).counts).toEqual({ [`digests mail,${outcome}`]: 1 });
  });

  it('follow from what their alerts follow from', async () => {
    const { spans } = await measured(async () => '250 ok');
    expect(spans).toEqual([
      { name: 'digest', from: ['00-a-1-01', '00-b-2-01'] },
      { name: 'send', from: undefined },
    ]);
  });
});
