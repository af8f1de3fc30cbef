// All engines, in the order of the table.

import { emptyCall } from './empty-call.mjs';
import { byHand } from './handwritten.mjs';
import { nhipol } from './nhipol.mjs';
import { casl } from './peers/casl.mjs';
import { cedar } from './peers/cedar.mjs';
import { bufbuildCel, marcbachmannCel } from './peers/cel.mjs';
import { expressionEval } from './peers/expression-eval.mjs';
import { jsonLogic } from './peers/json-logic.mjs';
import { opa } from './peers/opa.mjs';

const ways = ['decision', 'object', 'bytes'];

/** @type {readonly import('./engine.mjs').Engine[]} */
export const engines = [
  emptyCall,
  ...byHand,
  ...nhipol,
  jsonLogic,
  expressionEval,
  marcbachmannCel,
  casl,
  bufbuildCel,
  ...opa,
  cedar,
].sort((one, other) => ways.indexOf(one.way) - ways.indexOf(other.way));
