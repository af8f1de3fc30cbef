// Windows: weekdays, ranges of times, seasons and exceptions.

import { list } from './common.js';

export const windows = {
  window_declaration: ($) =>
    seq(
      'window',
      field('name', $.identifier),
      '=',
      choice($.seasons, seq(list($.window_part), optional($.seasons))),
      'in',
      $.string,
      optional(seq('except', list($.date_range))),
    ),
  window_part: ($) => seq(optional(list($.days)), list($.time_range)),
  days: ($) => seq(optional(choice($.ordinal, 'last')), $.weekday, optional(seq('..', $.weekday))),
  weekday: ($) => $.identifier,
  ordinal: () => token(/[1-5](?:st|nd|rd|th)/),
  seasons: ($) => seq('during', list($.season)),
  season: ($) => seq($.year_day, optional(seq('..', $.year_day))),
  year_day: ($) => seq($.integer, $.month),
  month: ($) => $.identifier,
  time_range: ($) => seq($.time, '..', $.time),
  date_range: ($) => seq($.timestamp, optional(seq('..', $.timestamp))),
};
