//! Instants: of the system, as modules take and return them, and as JSON has them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400_000;
/// The first number that a float may have rounded.
pub(crate) const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Whole milliseconds since the epoch; default: the clock of the host.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn milliseconds(now: Option<SystemTime>) -> f64 {
    match now.unwrap_or_else(SystemTime::now).duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_millis() as f64,
        Err(before) => -(before.duration().as_millis() as f64),
    }
}

/// An instant that the clock of the system cannot show is the epoch if it is earlier, and `None` if it is later.
pub(crate) fn system_time(milliseconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_millis(milliseconds.unsigned_abs());
    if milliseconds < 0 {
        return Some(UNIX_EPOCH.checked_sub(distance).unwrap_or(UNIX_EPOCH));
    }
    UNIX_EPOCH.checked_add(distance)
}

/// RFC 3339 in UTC, or milliseconds for an instant outside of the years 0 to 9999.
pub(crate) fn rfc3339(milliseconds: i64) -> String {
    // Years start in March, so that a leap day is the last day of one; eras have 400 years.
    let days = milliseconds.div_euclid(DAY) + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year_of_era + i64::from(month < 3);
    if !(0..=9999).contains(&year) {
        return format!("{milliseconds}ms");
    }
    let rest = milliseconds.rem_euclid(DAY);
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", rest % 1000)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn writes_instants_of_all_years() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_767_225_600_001, "2026-01-01T00:00:00.001Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-62167219200001ms"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "253402300800000ms"),
        ] {
            assert_eq!(rfc3339(milliseconds), text);
        }
    }
}
