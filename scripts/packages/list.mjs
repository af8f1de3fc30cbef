// The ecosystems that nhipol has packages for.

import { c } from './c.mjs';
import { go } from './go.mjs';
import { java } from './java.mjs';
import { npm } from './npm.mjs';
import { python } from './python.mjs';
import { ruby } from './ruby.mjs';
import { rust } from './rust.mjs';

/** @type {readonly import('./ecosystem.mjs').Ecosystem[]} */
export const ecosystems = [npm, go, rust, python, java, c, ruby];
