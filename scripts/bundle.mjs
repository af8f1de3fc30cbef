// `npm run build`, after tsc: bundles the command line into a few files in `dist/bin/`, because reading one file for
// each module is most of the time that a start takes. Code that a command loads only when it needs it stays in files of
// its own; so does asc, which is a bundle already.

import { rolldown } from 'rolldown';
import { bundleOptions } from './bundle-options.mjs';

const bundle = await rolldown(bundleOptions);
await bundle.write({ dir: 'dist/bin', format: 'esm', cleanDir: true });
await bundle.close();
