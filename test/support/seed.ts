// Every property starts from one seed, so that runs are reproducible. NHIPOL_SEED sets another one; a
// failure then prints its own. Commands that tests start cache what they compile here, and not for the user; in CI, too,
// where they would not without a test.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.NHIPOL_SEED ?? 20_261_125) });
process.env.XDG_CACHE_HOME = process.env.NHIPOL_TEST_CACHE;
delete process.env.CI;
