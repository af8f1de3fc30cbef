// What the program asks of the page.

import { conformance } from './conformance.mjs';
import { measure } from './measure.mjs';
import { decideInWorkers, startWorkers } from './stress.mjs';

/** @type {any} */ (globalThis).host = { conformance, measure, startWorkers, decideInWorkers };
