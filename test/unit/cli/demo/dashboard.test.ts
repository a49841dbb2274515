import { expect, test } from 'vitest';
import { browserCommand } from '../../../../src/cli/demo/dashboard.js';

test.each([
  ['linux', { DISPLAY: ':0' }, true, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true, 'xdg-open'],
  ['linux', {}, true, null],
  ['darwin', {}, true, 'open'],
  ['darwin', {}, false, null],
  ['linux', { DISPLAY: ':0' }, false, null],
  ['linux', { DISPLAY: 'localhost:10.0', SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22' }, true, null],
  ['linux', { DISPLAY: ':99', CI: 'true' }, true, null],
] as const)('on %s with %j, in a terminal %s: %s', (platform, env, isWatched, command) => {
  expect(browserCommand(platform, env, isWatched)).toBe(command);
});
