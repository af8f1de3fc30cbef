// Stands for cli/engines/assembler.ts in tests, see vitest.config.ts: its worker runs a built script, and tests run the
// sources. The worker itself is tested in cli/assembler.test.ts.

import type { Assembler } from '@nhipol/compiler';
import { assemble } from '../modules/assembler.ts';

export { createAssembler } from '../../../cli/engines/assembler.ts';

export const getSharedAssembler = (): Assembler => assemble;
