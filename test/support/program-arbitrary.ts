// Whole policies, well typed by construction, over a schema that has members of every type in every
// presence. Expressions are grown by the kind that is wanted, so that every construct and builtin of
// the language is used (test/properties/coverage.test.ts). `latest` stays out of permits.

import fc from 'fast-check';
import { Claims } from './programs/claims.ts';
import { Definitions } from './programs/definitions.ts';
import { Draw } from './programs/draw.ts';
import { Expressions } from './programs/expressions.ts';
import { type Program, spread } from './programs/files.ts';
import { Rules } from './programs/rules.ts';
import { Schema } from './programs/schema.ts';
import { Scope } from './programs/scope.ts';

export type { Program } from './programs/files.ts';

export const programs: fc.Arbitrary<Program> = fc.gen().map((gen) => {
  const draw = new Draw(gen);
  const schema = new Schema(draw);
  const expressions = new Expressions(draw, schema, new Scope(schema));
  const definitions = new Definitions(expressions).all();
  const rules = new Rules(expressions);
  const groups = draw.several(1, 3, () => rules.group());
  const claims = new Claims(expressions, rules);
  const said = [
    ...(draw.once(4) ? [claims.invariant()] : []),
    ...(draw.once(4) ? [claims.test()] : []),
  ];
  return spread(draw, schema, [...definitions, ...groups, ...said]);
});
