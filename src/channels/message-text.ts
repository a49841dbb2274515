import type { ChannelMessage } from '../ports/channel.js';

/** Subject and text as one, at most so many UTF-16 units; cut between characters. */
export function messageText({ subject, text }: ChannelMessage, most: number): string {
  const whole = `${subject}\n\n${text}`;
  if (whole.length <= most) return whole;
  const cut = whole.slice(0, most - 1);
  const last = cut.charCodeAt(cut.length - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return `${isHalf ? cut.slice(0, -1) : cut}…`;
}
