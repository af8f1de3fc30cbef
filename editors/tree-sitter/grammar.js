// The tree-sitter grammar of nhipol. Keywords, operators and literals come from the tokens of the language; the rules follow
// the productions of its parser (docs/grammar.md). Most keywords can also be names: where both are possible, the parser of
// tree-sitter tries both.

import { declarations } from './rules/declarations.js';
import { expressions } from './rules/expressions.js';
import { literals } from './rules/literals.js';
import { rules } from './rules/rules.js';
import { tests } from './rules/tests.js';
import { types } from './rules/types.js';
import { windows } from './rules/windows.js';

export default grammar({
  name: 'nhipol',
  word: ($) => $.identifier,
  reserved: { everywhere: () => [], eventNames: () => ['within'] },
  extras: ($) => [/[\s\uFEFF]/, $.comment],

  conflicts: ($) => [
    [$.member],
    [$._type, $.timestamp_type],
    [$._event_names],
    [$._function, $.aggregate],
    [$.settings, $.set],
    [$.demand],
    [$.window_part],
  ],

  rules: {
    source_file: ($) => repeat($._item),

    _item: ($) =>
      choice(
        $.policy_declaration,
        $.use_declaration,
        $.enum_declaration,
        $.record_declaration,
        $.const_declaration,
        $.predicate_declaration,
        $.function_declaration,
        $.let,
        $.schema_declaration,
        $.context_declaration,
        $.signals_declaration,
        $.name_set_declaration,
        $.table_declaration,
        $.constraint_declaration,
        $.window_declaration,
        $.obligation_declaration,
        $.group,
        $.invariant,
        $.fixture,
        $.test,
      ),

    ...declarations,
    ...types,
    ...windows,
    ...rules,
    ...expressions,
    ...tests,
    ...literals,
  },
});
