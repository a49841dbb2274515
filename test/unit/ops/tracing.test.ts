import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { openTracing, type Tracing } from '../../../src/ops/tracing.js';
import { OtlpReceiver } from '../../support/otlp-receiver.js';
import { quietLogger } from '../../support/pipeline.js';

const TRACE = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const parent = `00-${TRACE}-${'1'.repeat(16)}-01`;

let collector: OtlpReceiver;
let logs: string[];
let tracing: Tracing;
const open = (over: { share?: number; endpoint?: string; headers?: string } = {}): Tracing =>
  openTracing({
    endpoint: over.endpoint ?? collector.url,
    headers: over.headers ?? null,
    share: over.share ?? 1,
    version: '1.2.3',
    command: 'sync',
    logger: quietLogger(logs),
  });

beforeEach(async () => {
  collector = await OtlpReceiver.start();
  logs = [];
  tracing = open();
});
afterEach(async () => {
  await tracing.close();
  await collector.close();
});

describe('traces', () => {
  it('reach the collector as one tree, in which what runs side by side keeps apart', async () => {
    const { tracer } = tracing;
    await tracer.span('sync run', { attributes: { source: 'ozon' } }, () =>
      Promise.all(
        ['a', 'b'].map((feed) =>
          tracer.span('feed read', { attributes: { feed } }, async () => {
            await new Promise((resolve) => setImmediate(resolve));
            return tracer.span('api call', { attributes: { feed } }, async () => tracer.current());
          }),
        ),
      ),
    );
    await tracing.close();
    const [run] = collector.named('sync run');
    expect(run).toMatchObject({ parentSpanId: '', attributes: { source: 'ozon' }, failed: false });
    const reads = collector.named('feed read');
    expect(reads.map(({ parentSpanId }) => parentSpanId)).toEqual([run?.spanId, run?.spanId]);
    const calls = collector.named('api call');
    for (const { attributes, parentSpanId } of calls)
      expect(parentSpanId).toBe(reads.find((read) => read.attributes.feed === attributes.feed)?.spanId);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(collector.requests[0]?.path).toBe('/v1/traces');
  });

  it('go on from a record’s traceparent, with links to the other records’', async () => {
    const { tracer } = tracing;
    const from = () => [parent, `00-${OTHER}-${'2'.repeat(16)}-01`, parent, 'nonsense', ''];
    const current = await tracer.span('sync run', {}, () =>
      tracer.span('projector batch', { from }, async () => tracer.current()),
    );
    expect(current).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    await tracing.close();
    expect(collector.named('projector batch')).toMatchObject([
      { traceId: TRACE, parentSpanId: '1'.repeat(16), links: [OTHER] },
    ]);
  });

  it('begin anew where the records say nothing, whatever is under way', async () => {
    const { tracer } = tracing;
    await tracer.span('sync run', {}, () =>
      tracer.span('projector batch', { from: () => [] }, async () => 1),
    );
    await tracing.close();
    const [batch] = collector.named('projector batch');
    expect(batch?.parentSpanId).toBe('');
    expect(batch?.traceId).not.toBe(collector.named('sync run')[0]?.traceId);
  });

  it('tell that something failed by its code, never by words that may hold anything', async () => {
    const work = tracing.tracer.span('send', {}, () =>
      Promise.reject(new AppError('MAIL_REFUSED', '535 hunter2 is wrong')),
    );
    await expect(work).rejects.toMatchObject({ code: 'MAIL_REFUSED' });
    await tracing.close();
    expect(collector.named('send')).toMatchObject([
      { failed: true, attributes: { 'error.type': 'MAIL_REFUSED' } },
    ]);
    expect(collector.text).not.toContain('hunter2');
  });

  it('are kept as the share says, and as whoever began the trace has decided', async () => {
    await tracing.close();
    tracing = open({ share: 0 });
    const { tracer } = tracing;
    const begun = await tracer.span('sync run', {}, async () => tracer.current());
    expect(begun).toMatch(/-00$/);
    await tracer.span('projector batch', { from: () => [parent] }, async () => undefined);
    await tracer.span('rule judgement', { from: () => [begun ?? ''] }, async () => undefined);
    await tracing.close();
    expect(collector.spans.map(({ name }) => name)).toEqual(['projector batch']);
  });

  it('carry the headers that the collector wants', async () => {
    await tracing.close();
    tracing = open({ headers: 'authorization=Bearer%20abc, x-scope=shop' });
    await tracing.tracer.span('send', {}, async () => undefined);
    await tracing.close();
    expect(collector.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'x-scope': 'shop',
    });
  });

  it('change nothing where the collector is away or refuses: that is said once', async () => {
    await tracing.close();
    const away = open({ endpoint: 'http://127.0.0.1:9' });
    expect(await away.tracer.span('send', {}, async () => 'sent')).toBe('sent');
    await away.close();
    collector.status = 400;
    tracing = open();
    expect(await tracing.tracer.span('send', {}, async () => 'sent')).toBe('sent');
    await tracing.close();
    const told = logs.filter((line) => line.includes('traces cannot be sent'));
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(2);
  });
});
