#!/usr/bin/env node

// The program `nhipol`, as it is bundled: in a checkout that `tsc -b` compiled after the bundle was written, it runs the
// compiled files.

import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { findNewerBuild } from './io/newer-build.ts';

// V8 would spend a third of the time of a short command on optimizing functions that soon have nothing more to do. What runs
// for longer is optimized a few milliseconds later.
setFlagsFromString('--interrupt-budget=1000000');

const build = findNewerBuild(fileURLToPath(import.meta.url));
if (build === undefined) await import('./main.ts');
else await import(build);
