// Windows: weekdays, ranges of times, seasons, a zone and exceptions.

import * as t from '../tokens.ts';
import { TestGrammar } from './tests.ts';

export class WindowGrammar extends TestGrammar {
  readonly windowDeclaration = this.RULE('windowDeclaration', () => {
    this.CONSUME(t.WindowToken);
    this.CONSUME(t.WordToken);
    this.CONSUME(t.EqualsToken);
    // `during` could be the name of a weekday, which is not valid; the tokens after it do not matter.
    this.OR({
      MAX_LOOKAHEAD: 1,
      DEF: [
        { ALT: () => this.SUBRULE(this.seasons), IGNORE_AMBIGUITIES: true },
        {
          ALT: () => {
            this.SUBRULE(this.windowPart);
            this.MANY(() => {
              this.CONSUME(t.CommaToken);
              this.SUBRULE2(this.windowPart);
            });
            this.OPTION(() => this.SUBRULE2(this.seasons));
          },
        },
      ],
    });
    this.CONSUME(t.InToken);
    this.CONSUME(t.TextToken);
    this.OPTION2(() => {
      this.CONSUME(t.ExceptToken);
      this.SUBRULE(this.dateRange);
      this.MANY2(() => {
        this.CONSUME2(t.CommaToken);
        this.SUBRULE2(this.dateRange);
      });
    });
  });

  /** A comma before a time continues the part, and one before a weekday begins another. */
  readonly windowPart = this.RULE('windowPart', () => {
    this.OPTION(() => {
      this.SUBRULE(this.days);
      this.MANY(() => {
        this.CONSUME(t.CommaToken);
        this.SUBRULE2(this.days);
      });
    });
    this.SUBRULE(this.timeRange);
    this.MANY2({
      GATE: () => this.LA(2).tokenType === t.TimeOfDayToken,
      DEF: () => {
        this.CONSUME2(t.CommaToken);
        this.SUBRULE2(this.timeRange);
      },
    });
  });

  readonly days = this.RULE('days', () => {
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(t.BadNumberToken, { LABEL: 'nth' }) },
        { ALT: () => this.CONSUME(t.LastToken, { LABEL: 'nth' }) },
      ]);
    });
    this.CONSUME(t.FreeWordToken);
    this.OPTION2(() => {
      this.CONSUME(t.DotDotToken);
      this.CONSUME2(t.FreeWordToken);
    });
  });

  readonly timeRange = this.RULE('timeRange', () => {
    this.CONSUME(t.TimeOfDayToken);
    this.CONSUME(t.DotDotToken);
    this.CONSUME2(t.TimeOfDayToken);
  });

  readonly seasons = this.RULE('seasons', () => {
    this.CONSUME(t.DuringToken);
    this.SUBRULE(this.season);
    this.MANY(() => {
      this.CONSUME(t.CommaToken);
      this.SUBRULE2(this.season);
    });
  });

  /** `to` between two days is not valid; the conversion to the tree reports it. */
  readonly season = this.RULE('season', () => {
    this.SUBRULE(this.yearDay);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(t.DotDotToken) }, { ALT: () => this.CONSUME(t.ToToken) }]);
      this.SUBRULE2(this.yearDay);
    });
  });

  /** `Dec 18`, `18th Dec` and `Dec` are not valid; the conversion to the tree reports them. */
  readonly yearDay = this.RULE('yearDay', () => {
    this.OR([
      {
        ALT: () => {
          this.OR2([
            { ALT: () => this.CONSUME(t.IntToken) },
            { ALT: () => this.CONSUME(t.BadNumberToken) },
          ]);
          this.CONSUME(t.FreeWordToken);
        },
      },
      {
        ALT: () => {
          this.CONSUME2(t.FreeWordToken);
          this.OPTION(() => this.CONSUME2(t.IntToken));
        },
      },
    ]);
  });

  readonly dateRange = this.RULE('dateRange', () => {
    this.CONSUME(t.TimestampToken);
    this.OPTION(() => {
      this.CONSUME(t.DotDotToken);
      this.CONSUME2(t.TimestampToken);
    });
  });
}
