// Removes a check from the sources of a node while they are loaded, to show that the tests find what it prevents.
// NHIPOL_TEST_PLANT names the check.

import { register } from 'node:module';

register('./planted-hooks.mjs', import.meta.url, { data: process.env.NHIPOL_TEST_PLANT });
