#!/usr/bin/env node

// The program `nhipol`, as it is bundled: in a checkout that `tsc -b` compiled after the bundle was written, it runs the
// compiled files.

import { fileURLToPath } from 'node:url';
import { findNewerBuild } from './io/newer-build.ts';
import { delayOptimization } from './io/optimization.ts';

delayOptimization();

const build = findNewerBuild(fileURLToPath(import.meta.url));
if (build === undefined) await import('./main.ts');
else await import(build);
