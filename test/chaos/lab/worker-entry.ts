/**
 * `inventory-sync worker` itself, with a point at which it ends or freezes itself. Arguments: the point as JSON (or
 * `null`), the topic prefix, then the command line.
 */
import { launch } from '../../../src/cli/launch.js';
import { type Failpoint, installFailpoint } from './failpoints.js';

// Nobody is left to end it when the test that started it is gone.
process.stdin.on('end', () => process.exit(1)).resume();
const [point = 'null', prefix = '', ...args] = process.argv.slice(2);
const failpoint = JSON.parse(point) as Failpoint | null;
if (failpoint !== null) installFailpoint(failpoint, prefix);
// Not awaited: in one file, what it loads later would wait for this module to be done.
void launch(args);
