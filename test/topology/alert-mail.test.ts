import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/events/alert.js';
import type { ChartPainter, MailMessage } from '../../src/ports/mail.js';
import { alertMail } from '../../src/streams/topologies/alert-mail.js';
import { applied, back, changed, gone, held, product, retired } from '../unit/domain/anomaly/snapshots.js';
import {
  alerts,
  digestOf,
  en,
  ofRule,
  outOf,
  raised,
  render,
  ru,
  SETTINGS,
  spaced,
  WB,
} from './alert-mails.js';

/** Through the wire format and back, as a mail program reads it. */
async function received(message: MailMessage) {
  const composer = createTransport({ streamTransport: true, buffer: true });
  const { message: raw } = await composer.sendMail({
    ...message,
    headers: { ...message.headers },
    messageId: `<${message.messageId}>`,
    attachments: [],
    from: 'x@shop.example',
  });
  return simpleParser(raw as Buffer);
}

const rowsOf = (html: string) => html.match(/<tr valign="top">/g)?.length ?? 0;

describe('body', () => {
  test('article, name, before → after, rule and local time, in text and HTML', async () => {
    const mug = gone('77', { offerId: 'ART-1', name: 'Кружка «Дом»', before: 1200 });
    const mail = await received(render(raised(applied({ ranOut: [mug] }))));
    expect(spaced(mail.text ?? '')).toContain(
      '- ART-1 Кружка «Дом» | 1 200 → 0 | товар закончился | 22 нояб., 14:05',
    );
    const html = spaced(String(mail.html));
    expect(html).toContain('<b><bdi>ART-1</bdi></b><br><bdi>Кружка «Дом»</bdi>');
    expect(html).toContain('<td>1 200 → 0</td><td>товар закончился</td><td>22 нояб., 14:05</td>');
    expect(mail.text).toContain('Время: Europe/Moscow.');
  });

  test('the time is that of the wanted zone', () => {
    const message = render(outOf(1), { ...en, timeZone: 'Asia/Vladivostok' });
    expect(message.text).toContain('22 Nov, 21:05');
  });

  test('by marketplace and severity, resolved at the end', () => {
    const of = [
      ...ofRule('ran-out', applied({ cameBack: [back('9')] })),
      ...outOf(2),
      ...raised(held()),
      ...raised(applied({ ...WB, ranOut: [gone('5')] })),
    ];
    const headings = render(of)
      .text.split('\n')
      .filter((line) => line.includes(' · '));
    expect(headings).toEqual([
      'Ozon · Критично: 1',
      'Ozon · Внимание: 2',
      'Wildberries · Внимание: 1',
      'Ozon · Решено: 1',
    ]);
    expect(render(of).text).toContain('Новых событий: 4, решено: 1.');
  });

  test('what is critical anywhere stands before what is not', () => {
    const of = [
      ...outOf(2),
      ...raised(held()),
      ...raised(held({ ...WB })),
      ...raised(applied({ ...WB, ranOut: [gone('5')] })),
    ];
    const headings = render(of).text.match(/^\S+ · .*$/gm);
    expect(headings).toEqual([
      'Ozon · Критично: 1',
      'Wildberries · Критично: 1',
      'Ozon · Внимание: 2',
      'Wildberries · Внимание: 1',
    ]);
  });

  test('of a product all that the rule says is told, and of a whole feed a sentence that is not shouted', () => {
    const facts = product({
      before: 9,
      after: 4,
      present: { before: 9, after: 4 },
      reserved: { before: 0, after: 6 },
    });
    const low = { ...SETTINGS, lowStock: { ozon: 5, wildberries: 0 } };
    const of = alerts(changed([facts]), undefined, low).filter(({ state }) => state === 'raised');
    const { text, html } = render(of);
    expect(spaced(text)).toContain(
      '| резерв больше остатка: в наличии 4 шт., в резерве 6 шт.; проверьте заказы',
    );
    expect(spaced(text)).toContain('| 9 → 4 | мало на складе: осталось 4 шт., порог 5 шт. |');
    expect(spaced(html)).toContain('мало на складе<br><bdi>осталось 4 шт., порог 5 шт.</bdi>');
    expect(render(raised(held())).html).not.toContain('<td><b>');
    // Not beside so many others that the mail would be cut off.
    const crowd = Array.from({ length: 100 }, (_, i) => gone(`${i + 1}`));
    expect(spaced(render([...of, ...raised(applied({ ranOut: crowd }))]).text)).toContain(
      '| мало на складе |',
    );
  });

  test('what is over only since nobody reads it is not called well', () => {
    const facts = retired({ unread: [{ productId: '1', offerId: 'ART-1' }] });
    const message = render(alerts(facts).filter(({ rule }) => rule === 'ran-out' || rule === 'feed-held'));
    expect(message.subject).toBe('Ozon: 2 события сняты');
    expect(message.text).toContain('- ART-1 | больше не читается, событие снято |');
    expect(message.text).not.toMatch(/снова в наличии|снова применяются \|/);
  });

  test('whom the last mail did not reach is told to those whom this one reaches', () => {
    const notReached = [{ to: 'bos@shop.example', said: '550 5.1.1 <no> such\r\nuser' }];
    const { text, html } = alertMail(ru)(digestOf({ alerts: outOf(1), notReached }));
    expect(text).toContain(
      'не принято для bos@shop.example, ответ сервера: «550 5.1.1 <no> such user». Проверьте адреса в ALERT_EMAIL.',
    );
    expect(html).toContain('550 5.1.1 &lt;no&gt; such user');
    expect(alertMail(en)(digestOf({ alerts: outOf(1), notReached })).text).toContain(
      'refused for bos@shop.example',
    );
  });

  test('a held feed says what to do', () => {
    const { text } = render(raised(held()));
    expect(text).toContain('--full-resync --accept-absences');
    expect(text).toContain('| строк: 60 → 20 |');
  });

  test('two accounts of one marketplace are told apart', () => {
    const other = raised(applied({ feed: 'ozon:456:product-stocks', account: '456', ranOut: [gone('1')] }));
    expect(render([...outOf(1), ...other]).text).toContain('Ozon 456 · Внимание: 1');
  });

  test('ten thousand alerts: few rows, true counts, small enough not to be cut off', async () => {
    const wb = raised(applied({ ...WB, ranOut: [gone('5')] }));
    const name = 'Кружка керамическая с крышкой, 350 мл, синяя';
    const crowd = Array.from({ length: 9_999 }, (_, i) => gone(`${i + 1}`, { offerId: `ART-${i}`, name }));
    const message = render([...raised(applied({ ranOut: crowd })), ...wb]);
    const mail = await received(message);
    expect(spaced(message.subject)).toBe('Ozon: 9 999 товаров закончилось; Wildberries: 1 товар закончился');
    expect(spaced(mail.text ?? '')).toContain('Новых событий: 10 000, решено: 0.');
    expect(spaced(mail.text ?? '')).toContain('… и ещё 9 800');
    expect(mail.text?.match(/^- /gm)).toHaveLength(200);
    expect(rowsOf(message.html)).toBe(200);
    expect(Buffer.byteLength(message.html)).toBeLessThan(100_000);
  });

  test('a crowd leaves the others their room', () => {
    const crowd = (ids: number) => Array.from({ length: ids }, (_, i) => gone(`${i + 1}`));
    const of = [
      ...raised(applied({ ranOut: crowd(500) })),
      ...raised(applied({ ...WB, ranOut: crowd(400) })),
      ...ofRule('ran-out', applied({ ...WB, cameBack: [back('1'), back('2')] })),
    ];
    const hidden = [...render(of, { ...ru, maxRows: 100 }).text.matchAll(/и ещё (\d+)/g)].map(([, n]) =>
      Number(n),
    );
    expect(hidden).toEqual([500 - 49, 400 - 49]);
  });

  test('rows shown and rows counted add up to all, however many of each', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 30 }), (a, b, c, maxRows) => {
        const ids = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`);
        const of = [
          ...raised(applied({ ranOut: ids(a).map((id) => gone(id)) })),
          ...raised(applied({ ...WB, ranOut: ids(b).map((id) => gone(id)) })),
          ...ofRule('ran-out', applied({ ...WB, cameBack: ids(c).map((id) => back(id)) })),
        ];
        const { text, html } = render(of, { ...ru, maxRows });
        const shown = text.match(/^- /gm)?.length ?? 0;
        const hidden = [...text.matchAll(/и ещё (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
        expect(shown + hidden).toBe(a + b + c);
        expect(shown).toBe(Math.min(a + b + c, maxRows));
        expect(rowsOf(html)).toBe(shown);
      }),
    );
  });
});

describe('hostile names', () => {
  const hostile = '</td><script>alert(1)</script>"\'&\r\n- fake\u202Elive\u0007👩‍👩‍👧';

  test('are harmless and still readable', async () => {
    const product = gone('7', { offerId: '<b>&amp;\r\nSubject: x', name: hostile });
    const mail = await received(render(raised(applied({ ranOut: [product] }))));
    const html = String(mail.html);
    expect(html).not.toContain('<script');
    expect(html).toContain(
      '&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp; - fake live 👩‍👩‍👧',
    );
    expect(html).toContain('&lt;b&gt;&amp;amp; Subject: x');
    expect(mail.text).not.toMatch(/^- fake/m);
    expect(`${mail.text}${html}`).not.toContain('\u202e');
    expect(`${mail.text}${html}`).not.toContain('\u0007');
    expect(rowsOf(html)).toBe(1);
  });

  test('no text of an alert reaches the HTML unescaped', () => {
    const [one] = outOf(1) as [Alert];
    const evil = '<i>"x"</i>';
    const text = { ru: evil, en: evil };
    const all = { ...one, rule: evil, account: evil, product: undefined, text };
    const { html } = render([
      all,
      { ...all, account: 'other' },
      { ...all, product: { productId: evil, name: evil } },
    ]);
    expect(html).not.toContain('<i>');
    expect(html).toContain('&lt;i&gt;');
  });
});

describe('what is told once more, and what is not told', () => {
  const stale: Alert = {
    ...(raised(held())[0] as Alert),
    rule: 'source-stale',
    fingerprint: 'source-stale:x',
    text: { ru: 'Ozon: данные устарели', en: 'Ozon: out of date' },
  };

  test('open criticals have a place of their own, and the subject where nothing else happened', () => {
    const again = alertMail(ru)(digestOf({ repeated: [stale] }));
    expect(again.subject).toBe('Всё ещё не решено: Ozon: 1 выгрузка устарела');
    expect(again.text).toContain('Новых событий: 0, решено: 0, всё ещё не решено: 1.');
    expect(again.text).toContain('Ozon · Всё ещё не решено: 1\n- Ozon: данные устарели');
    const beside = alertMail(en)(digestOf({ alerts: outOf(2), repeated: [stale] }));
    expect(beside.subject).toBe('Ozon: 2 products out of stock');
    expect(beside.text).toContain('still open: 1');
    expect(rowsOf(beside.html)).toBe(3);
    // Over by the time that the mail goes.
    const over = { ...stale, state: 'resolved', at: '2026-11-22T12:05:00.000Z' } as const;
    const { subject, text } = alertMail(ru)(digestOf({ alerts: [over], repeated: [stale] }));
    expect(subject).toBe('Ozon: 1 выгрузка снова свежая');
    expect(text).not.toContain('Всё ещё не решено');
  });

  test('muted ones are counted in one line', () => {
    const muted = [
      { source: 'ozon', count: 1234 },
      { source: 'wildberries', count: 1 },
    ] as const;
    const { text, html } = alertMail(ru)(digestOf({ alerts: [stale], muted }));
    expect(spaced(text)).toContain('(они есть в таблице alerts): Ozon: 1 234, Wildberries: 1.');
    expect(spaced(html)).toContain('Ozon: 1 234, Wildberries: 1.');
  });
});

describe('the chart', () => {
  const painted: string[] = [];
  const painter: ChartPainter = {
    hasText: true,
    paint: (svg) => {
      painted.push(svg);
      return Uint8Array.of(1, 2, 3);
    },
  };
  const fall = () => raised(applied({ available: { before: 1000, after: 420 } }));

  test('stands in the HTML by its id where a total moved, and nowhere else', () => {
    const mail = render(fall(), { ...ru, painter });
    expect(mail.attachments).toEqual([
      {
        filename: 'stock.png',
        contentType: 'image/png',
        content: Uint8Array.of(1, 2, 3),
        cid: 'chart-01JDZ@shop.example',
      },
    ]);
    expect(mail.html).toContain('<img src="cid:chart-01JDZ@shop.example"');
    expect(painted.at(-1)).toMatch(/^<svg .*1\s000.*420.*<\/svg>$/);
    const other = render(outOf(3), { ...ru, painter });
    expect(other.attachments).toEqual([]);
    expect(other.html).not.toContain('<img');
  });

  test('that cannot be painted leaves the mail as it is without one', () => {
    const broken = { hasText: true, paint: () => null };
    expect(render(fall(), { ...ru, painter: broken })).toEqual(render(fall()));
  });

  test('has no text where there is no font', () => {
    render(fall(), { ...ru, painter: { ...painter, hasText: false } });
    expect(painted.at(-1)).not.toContain('<text');
  });

  test('shows six moves at most, whatever their figures are', () => {
    const [one] = fall() as [Alert];
    const figures = [0, 1, 5, Number.MAX_SAFE_INTEGER, -3, Number.NaN, Infinity, 1e9, 7, 8, 9];
    const many = figures.map((before) => ({ ...one, evidence: { before, after: 10 } }));
    render(many, { ...ru, painter });
    const svg = painted.at(-1) ?? '';
    expect(svg).not.toMatch(/NaN|Infinity|="-/);
    expect(svg.match(/#9aa4ae/g)).toHaveLength(6);
  });
});

describe('envelope', () => {
  test('the Message-ID comes from the digest alone, and is the same on every try', () => {
    const digest = digestOf({ alerts: outOf(1) });
    const mail = alertMail(ru);
    expect(mail(digest).messageId).toBe('01JDZ@shop.example');
    expect(mail({ ...digest, attempt: 7 })).toEqual(mail(digest));
    const odd = alertMail({ ...ru, host: 'bad host>' })({ ...digest, digestId: 'a:b/1' });
    expect(odd.messageId).toBe('a-b-1@bad-host');
  });

  test('asks for no answers from machines', async () => {
    const mail = await received(render(outOf(1)));
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('x-auto-response-suppress')).toBe('All');
    expect(mail.messageId).toBe('<01JDZ@shop.example>');
  });

  test('the mails of a day are one thread, by the day of the wanted zone', () => {
    const thread = (createdAt: string, options = ru) =>
      alertMail(options)(digestOf({ alerts: outOf(1), createdAt })).thread;
    expect(thread('2026-11-22T20:59:59.000Z')).toBe('alerts-2026-11-22@shop.example');
    expect(thread('2026-11-22T21:00:00.000Z')).toBe('alerts-2026-11-23@shop.example');
    expect(thread('2026-11-22T21:00:00.000Z', { ...ru, timeZone: 'UTC' })).toBe(
      'alerts-2026-11-22@shop.example',
    );
  });

  test('an unknown time zone is a matter of the settings', () => {
    expect(() => alertMail({ ...ru, timeZone: 'Mars/Olympus' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
