import type { Fault } from '../lab/round.js';

/** The mail server takes a mail and hangs up before it says so; then it is in trouble for a while. */
export const smtpTrouble: Fault = {
  name: 'mail server drops answers and refuses',
  async play(round) {
    await round.workers.startReady(1);
    await round.underLoad(async () => {
      round.sink.setFault({ at: 'after-data', times: 1 });
      round.note('one answer gets lost');
      await round.pause(1_000, 4_000);
      round.sink.setFault({ at: 'mail', code: 451, times: 2 });
      round.note('two mails are refused for now');
      await round.pause(1_000, 3_000);
    });
    round.sink.setFault(null);
    await round.goesOn();
  },
};
