// All engines, in the order of the table.

import { deciding } from '../sessions/deciding.mjs';
import { patching } from '../sessions/patching.mjs';
import { sweepingAll } from '../sessions/sweeping.mjs';
import { sweepingDue } from '../sessions/sweeping-due.mjs';
import { emptyCall } from './empty-call.mjs';
import { byHand } from './handwritten.mjs';
import { nhipol } from './nhipol.mjs';
import { casl } from './peers/casl.mjs';
import { cedar } from './peers/cedar.mjs';
import { bufbuildCel, marcbachmannCel } from './peers/cel.mjs';
import { expressionEval } from './peers/expression-eval.mjs';
import { jsonLogic, validatedJsonLogic } from './peers/json-logic.mjs';
import { opa } from './peers/opa.mjs';

const ways = [
  'decision',
  'object',
  'bytes',
  'session-decide',
  'patch-decide',
  'sweep-all',
  'sweep-due',
];

/** @type {readonly import('./engine.mjs').Engine[]} */
export const engines = [
  emptyCall,
  ...byHand,
  ...nhipol,
  jsonLogic,
  validatedJsonLogic,
  expressionEval,
  marcbachmannCel,
  casl,
  bufbuildCel,
  ...opa,
  cedar,
  ...deciding,
  ...patching,
  sweepingAll,
  ...sweepingDue,
].sort((one, other) => ways.indexOf(one.way) - ways.indexOf(other.way));
