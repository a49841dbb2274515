import type { Fault } from '../lab/round.js';

const MOST = 6;

/** Up to six workers come and go every second or two, some in order, some not. */
export function rebalanceStorm(moves: number): Fault {
  return {
    name: 'rebalance storm',
    async play(round) {
      const { workers } = round;
      await round.underLoad(async () => {
        for (let move = 0; move < moves; move += 1) {
          const alive = workers.alive.filter(({ dismissed }) => !dismissed);
          if (alive.length < 2 || (alive.length < MOST && round.random.int(0, 2) > 0)) {
            workers.start();
            round.note(`comes: ${alive.length + 1}`);
          } else {
            const worker = round.pick(alive);
            const kill = round.random.int(0, 1) === 0;
            round.note(`${kill ? 'dies' : 'goes'}: ${alive.length - 1}`);
            void (kill ? worker.kill() : worker.leave());
          }
          await round.pause(500, 2_500);
        }
      });
      await round.goesOn();
    },
  };
}
