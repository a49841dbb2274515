/**
 * Request fields read as Ozon's gRPC gateway reads them: unknown fields are ignored, int64 may come as text or as
 * a number, a scalar where a list belongs is a syntax error with its place.
 */

import { Refusal } from '../http/answer.js';
import { int64Digits, isLongInteger, isRecord, parseExact } from '../http/exact-json.js';
import { ozonInvalid } from './errors.js';

/** Line and column (from 1) of a field's value in the request text. */
function placeOf(text: string, field: string): { place: string; token: string } {
  const key = new RegExp(`"${field}"\\s*:\\s*`).exec(text);
  const at = key === null ? 0 : key.index + key[0].length;
  const before = text.slice(0, at).split('\n');
  const token = /^(?:"(?:[^"\\]|\\.)*"|[^\s,}\]]+)/.exec(text.slice(at))?.[0] ?? '';
  return { place: `${before.length}:${(before.at(-1) ?? '').length + 1}`, token };
}

function syntaxError(text: string, field: string): Refusal {
  const { place, token } = placeOf(text, field);
  return new Refusal(ozonInvalid(`proto: syntax error (line ${place}): unexpected token ${token}`));
}

function wrongValue(text: string, field: string, type: string): Refusal {
  const { place, token } = placeOf(text, field);
  return new Refusal(
    ozonInvalid(`proto: (line ${place}): invalid value for ${type} field ${field}: ${token}`),
  );
}

/** The request body as a message; an empty body is an empty message. */
function message(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : parseExact(text);
  } catch {
    throw new Refusal(ozonInvalid('proto: syntax error (line 1:1): unexpected token'));
  }
  if (!isRecord(value)) {
    throw new Refusal(
      ozonInvalid(`proto: syntax error (line 1:1): unexpected token ${text.trim().slice(0, 20)}`),
    );
  }
  return value;
}

export class MessageFields {
  constructor(
    private readonly text: string,
    readonly values: Record<string, unknown>,
  ) {}

  /** A nested message; undefined when absent or null. */
  message(field: string): MessageFields | undefined {
    const value = this.values[field] ?? undefined;
    if (value === undefined) {
      return undefined;
    }
    if (!isRecord(value)) {
      throw syntaxError(this.text, field);
    }
    return new MessageFields(this.text, value);
  }

  string(field: string): string {
    const value = this.values[field] ?? '';
    if (typeof value !== 'string') {
      throw wrongValue(this.text, field, 'string');
    }
    return value;
  }

  /** An integer; 0 when absent, as in proto3. */
  integer(field: string): number {
    const value = this.values[field] ?? 0;
    const figure = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof figure !== 'number' || !Number.isInteger(figure) || Math.abs(figure) > 2_147_483_647) {
      throw wrongValue(this.text, field, 'int32');
    }
    return figure;
  }

  /** An int64 as digits; `0` when absent, as in proto3. */
  id(field: string): string {
    const value = this.values[field] ?? 0;
    const digits = typeof value === 'string' && /^-?\d+$/.test(value) ? value : int64Digits(value);
    if (digits === undefined) {
      throw wrongValue(this.text, field, 'int64');
    }
    return digits;
  }

  strings(field: string): string[] {
    return this.list(field).map((value) => {
      if (typeof value !== 'string') {
        throw wrongValue(this.text, field, 'string');
      }
      return value;
    });
  }

  /** Ids as digits, however they came. */
  ids(field: string): string[] {
    return this.list(field).map((value) => {
      const digits = typeof value === 'string' && /^-?\d+$/.test(value) ? value : int64Digits(value);
      if (digits === undefined) {
        throw wrongValue(this.text, field, 'int64');
      }
      return digits;
    });
  }

  private list(field: string): readonly unknown[] {
    const value = this.values[field] ?? [];
    if (!Array.isArray(value) || isLongInteger(value)) {
      throw syntaxError(this.text, field);
    }
    return value;
  }
}

export function fieldsOf(text: string): MessageFields {
  return new MessageFields(text, message(text));
}
