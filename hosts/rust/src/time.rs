//! Instants: of the system, as modules take and return them, and as JSON has them.

use chrono::{DateTime, Datelike, SecondsFormat};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
    let instant = DateTime::from_timestamp_millis(milliseconds);
    match instant.filter(|instant| (0..=9999).contains(&instant.year())) {
        Some(instant) => instant.to_rfc3339_opts(SecondsFormat::Millis, true),
        None => format!("{milliseconds}ms"),
    }
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
