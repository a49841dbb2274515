/**
 * Loaded first into the commands that the demo runs: should the demo end without stopping them, killed for example,
 * they stop by themselves.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening must not keep a command alive that has done its work.
process.channel?.unref();
