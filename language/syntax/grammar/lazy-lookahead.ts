// The lookahead of the grammar, which decides between alternatives. It is computed when it is first needed: computing all
// of it takes half of the time in which the parser starts, and a policy needs a part.

import { type ILookaheadStrategy, LLkLookaheadStrategy } from 'chevrotain';

export class LazyLookahead extends LLkLookaheadStrategy {
  override buildLookaheadForAlternation(
    options: Parameters<ILookaheadStrategy['buildLookaheadForAlternation']>[0],
  ): ReturnType<ILookaheadStrategy['buildLookaheadForAlternation']> {
    const build = () => super.buildLookaheadForAlternation(options);
    let decide: ReturnType<typeof build> | undefined;
    return function (this: unknown, alternatives) {
      decide ??= build();
      return decide.call(this, alternatives);
    };
  }

  override buildLookaheadForOptional(
    options: Parameters<ILookaheadStrategy['buildLookaheadForOptional']>[0],
  ): ReturnType<ILookaheadStrategy['buildLookaheadForOptional']> {
    const build = () => super.buildLookaheadForOptional(options);
    let decide: ReturnType<typeof build> | undefined;
    return function (this: unknown) {
      decide ??= build();
      return decide.call(this);
    };
  }
}
