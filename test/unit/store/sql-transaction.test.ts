import type { QueryRunner } from 'typeorm';
import { describe, expect, test } from 'vitest';
import { SqlTransaction } from '../../../src/store/database.js';

/** Answers when it is told to, as a server does. */
class Server {
  readonly asked: string[] = [];
  private readonly answers: { resolve(result: object): void; reject(error: Error): void }[] = [];
  private arrival: () => void = () => {};

  query(sql: string): Promise<unknown> {
    this.asked.push(sql);
    this.arrival();
    return new Promise((resolve, reject) => {
      this.answers.push({ resolve, reject });
    });
  }

  async has(statements: number): Promise<void> {
    while (this.asked.length < statements)
      await new Promise<void>((resolve) => {
        this.arrival = resolve;
      });
  }

  does(): void {
    this.answers.shift()?.resolve({ affectedRows: 1 });
  }

  refuses(error: Error): void {
    this.answers.shift()?.reject(error);
  }
}

function transactionOn(server: Server): SqlTransaction {
  return new SqlTransaction(server as unknown as QueryRunner);
}

const DEADLOCK = Object.assign(new Error('Deadlock found'), { errno: 1213 });

describe('statements of one transaction', () => {
  test('go one by one, each text made while the one before is under way', async () => {
    const server = new Server();
    const made: string[] = [];
    let third: () => void = () => {};
    const thirdMade = new Promise<void>((resolve) => {
      third = resolve;
    });
    function* texts() {
      for (const text of ['a', 'b', 'c']) {
        made.push(`${text} after ${server.asked.join('')}`);
        if (text === 'c') third();
        yield text;
      }
    }
    const all = transactionOn(server).executeAll(texts());
    await server.has(1);
    server.does();
    await server.has(2);
    await thirdMade;
    expect(server.asked).toEqual(['a', 'b']);
    expect(made).toEqual(['a after ', 'b after a', 'c after ab']);
    server.does();
    await server.has(3);
    server.does();
    await all;
  });

  test('end with the one that fails: what is already text is not sent', async () => {
    const server = new Server();
    const all = transactionOn(server).executeAll(['a', 'b', 'c']);
    const refused = expect(all).rejects.toMatchObject({ code: 'DB_CONFLICT' });
    await server.has(1);
    server.does();
    await server.has(2);
    server.refuses(DEADLOCK);
    await refused;
    expect(server.asked).toEqual(['a', 'b']);
  });

  test('are not left behind when a text cannot be made', async () => {
    const server = new Server();
    function* texts() {
      yield 'a';
      throw new RangeError('not an id');
    }
    let ended = false;
    const all = transactionOn(server).executeAll(texts());
    const refused = expect(all.finally(() => (ended = true))).rejects.toThrow(RangeError);
    await server.has(1);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    server.does();
    await refused;
  });

  test('of which there are none ask the server nothing', async () => {
    const server = new Server();
    await transactionOn(server).executeAll([]);
    expect(server.asked).toEqual([]);
  });
});
