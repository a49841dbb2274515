import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../../src/dashboard/web/html.js';

/** What a browser makes of the five entities that are written here. */
function read(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#96;': '`',
    '&amp;': '&',
  };
  return text.replace(/&(?:lt|gt|quot|#39|#96|amp);/g, (entity) => names[entity] ?? '');
}

/** Letters that mean something to a browser, which chance would hardly ever pick. */
const SHARP = fc.constantFrom('<', '>', '&', '"', "'", '`', '=', '/', ' ', '\n', '\0', 'a', ';', '#');

describe('html', () => {
  it('keeps whatever is put into it as text, between tags and in attributes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: SHARP })), (text) => {
        const whole = html`<p title="${text}">${text}</p>`.text;
        const [, attribute = '', content = ''] = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(whole) ?? [];
        const wanted = text.replaceAll('\0', '\ufffd');
        expect([read(attribute), read(content)]).toEqual([wanted, wanted]);
        expect(attribute + content).not.toMatch(/[<>"'`]/);
      }),
    );
  });

  it('escapes in lists and beside pieces of its own, and those only once', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`${[inner, '<', ['&', 1]]}`.text).toBe('<b>&lt;i&gt;</b>&lt;&amp;1');
  });

  it('shows nothing for what is not there, but a zero', () => {
    expect(html`${null}${undefined}${false}${0}${''}`.text).toBe('0');
  });

  it('takes no object for a piece of its own, whatever it looks like', () => {
    const forged = { text: '<script>', toString: () => '<script>' } as unknown as string;
    expect(html`${forged}`.text).toBe('&lt;script&gt;');
  });
});
