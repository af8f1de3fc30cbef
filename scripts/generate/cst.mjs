// Writes language/syntax/cst.generated.ts, the types of the concrete syntax tree, from the grammar.
// Runs on the built grammar: `npm run build && node scripts/generate/cst.mjs`.

import { writeFileSync } from 'node:fs';
import { generateCstDts } from 'chevrotain';
import { parser } from '../../dist/language/syntax/grammar/grammar.js';

const target = new URL('../../language/syntax/cst.generated.ts', import.meta.url);
const header = '// Generated from grammar.ts by scripts/generate/cst.mjs.\n\n';
writeFileSync(target, header + generateCstDts(parser.getGAstProductions()));
