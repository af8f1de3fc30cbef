// Every property starts from one seed, so that a run says the same as the one before it. NHIPOL_SEED
// asks for another: a failure then prints its own.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.NHIPOL_SEED ?? 20_261_125) });
