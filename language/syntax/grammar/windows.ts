// Windows: weekdays, ranges of times, a zone and exceptions.

import * as t from '../tokens.ts';
import { TestGrammar } from './tests.ts';

export class WindowGrammar extends TestGrammar {
  readonly windowDeclaration = this.RULE('windowDeclaration', () => {
    this.CONSUME(t.Window);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.windowPart);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.windowPart);
    });
    this.CONSUME(t.In);
    this.CONSUME(t.Text);
    this.OPTION(() => {
      this.CONSUME(t.Except);
      this.SUBRULE(this.dateRange);
      this.MANY2(() => {
        this.CONSUME2(t.Comma);
        this.SUBRULE2(this.dateRange);
      });
    });
  });

  /** A comma before a time continues the part, and one before a weekday begins another. */
  readonly windowPart = this.RULE('windowPart', () => {
    this.OPTION(() => {
      this.SUBRULE(this.days);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.days);
      });
    });
    this.SUBRULE(this.timeRange);
    this.MANY2({
      GATE: () => this.LA(2).tokenType === t.TimeOfDay,
      DEF: () => {
        this.CONSUME2(t.Comma);
        this.SUBRULE2(this.timeRange);
      },
    });
  });

  readonly days = this.RULE('days', () => {
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(t.BadNumber, { LABEL: 'nth' }) },
        { ALT: () => this.CONSUME(t.Last, { LABEL: 'nth' }) },
      ]);
    });
    this.CONSUME(t.FreeWord);
    this.OPTION2(() => {
      this.CONSUME(t.DotDot);
      this.CONSUME2(t.FreeWord);
    });
  });

  readonly timeRange = this.RULE('timeRange', () => {
    this.CONSUME(t.TimeOfDay);
    this.CONSUME(t.DotDot);
    this.CONSUME2(t.TimeOfDay);
  });

  readonly dateRange = this.RULE('dateRange', () => {
    this.CONSUME(t.Timestamp);
    this.OPTION(() => {
      this.CONSUME(t.DotDot);
      this.CONSUME2(t.Timestamp);
    });
  });
}
