// Every property starts from one seed, so that runs are reproducible. NHIPOL_SEED sets another one; a
// failure then prints its own.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.NHIPOL_SEED ?? 20_261_125) });
