//! Instants, durations, numbers and addresses as messages and JSON print them, the same in every host.

use crate::contract;
use crate::failure::Failure;
use std::fmt::Write;

const UNITS: [(i64, char); 4] = [(86_400_000, 'd'), (3_600_000, 'h'), (60_000, 'm'), (1_000, 's')];

/// The first and the last instant that RFC 3339 can write, in milliseconds since the epoch.
const WRITABLE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// Milliseconds as a literal: `5m`, `1500ms`.
pub(crate) fn duration(milliseconds: i64) -> String {
    if milliseconds == 0 {
        return "0s".to_owned();
    }
    match UNITS.iter().find(|(size, _)| milliseconds % size == 0) {
        Some((size, unit)) => format!("{}{unit}", milliseconds / size),
        None => format!("{milliseconds}ms"),
    }
}

/// A number of so many decimals in its shortest form: `12.5`, `12`.
pub(crate) fn decimal(units: i64, decimals: usize) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

/// RFC 3339 in UTC with milliseconds, or as many `ms` outside the years that it has.
pub(crate) fn instant(milliseconds: i64) -> String {
    if !WRITABLE.contains(&milliseconds) {
        return format!("{milliseconds}ms");
    }
    let (days, time) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (hours, minutes) = (time / 3_600_000, time / 60_000 % 60);
    let (seconds, thousandths) = (time / 1000 % 60, time % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}Z")
}

/// Year, month and day of so many days since 1970-01-01 in the Gregorian calendar. Years begin in March here, so that
/// the leap day is the last, and eras have 400 of them.
fn civil(days: i64) -> (i64, i64, i64) {
    let since_march = days + 719_468;
    let (era, of_era) = (since_march.div_euclid(146_097), since_march.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + later, month, day)
}

/// RFC 5952, and a v4 address as a dotted quad.
pub(crate) fn ip(bytes: &[u8]) -> Result<String, Failure> {
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| Failure::misread(contract::VIOLATION_INVALID_IP))?;
    Ok(match v4(bytes) {
        Some([a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
        None => groups(bytes),
    })
}

pub(crate) fn cidr(bytes: &[u8]) -> Result<String, Failure> {
    let Some((bits, first)) = bytes.split_last().filter(|_| bytes.len() == 17) else {
        return Err(Failure::misread(contract::VIOLATION_INVALID_CIDR));
    };
    let outside = if <[u8; 16]>::try_from(first).ok().and_then(v4).is_some() { 96 } else { 0 };
    match bits.checked_sub(outside) {
        Some(length) if *bits <= 128 => Ok(format!("{}/{length}", ip(first)?)),
        _ => Err(Failure::misread(contract::VIOLATION_LONG_PREFIX)),
    }
}

fn v4(bytes: [u8; 16]) -> Option<[u8; 4]> {
    match bytes {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, quad @ ..] => Some(quad),
        _ => None,
    }
}

/// The first of the longest runs of two or more groups of zero is left out.
fn groups(bytes: [u8; 16]) -> String {
    let groups = std::net::Ipv6Addr::from(bytes).segments();
    let run_at = |from: usize| groups.iter().skip(from).take_while(|group| **group == 0).count();
    let (mut start, mut length) = (0, 1);
    for from in 0..groups.len() {
        if run_at(from) > length {
            (start, length) = (from, run_at(from));
        }
    }
    let joined = |groups: &[u16]| {
        groups.iter().enumerate().fold(String::new(), |mut text, (at, group)| {
            let colon = if at == 0 { "" } else { ":" };
            let _ = write!(text, "{colon}{group:x}");
            text
        })
    };
    if length < 2 {
        return joined(&groups);
    }
    let (before, from) = groups.split_at(start);
    let (_, after) = from.split_at(length);
    format!("{}::{}", joined(before), joined(after))
}

#[cfg(test)]
mod tests {
    use super::{cidr, decimal, duration, instant, ip};

    #[test]
    fn instants_are_rfc_3339() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "253402300800000ms"),
        ] {
            assert_eq!(instant(milliseconds), text);
        }
    }

    #[test]
    fn durations_are_literals_in_the_largest_unit() {
        let shown = [0, 86_400_000, 300_000, -3_600_000, 1_500].map(duration);
        assert_eq!(shown, ["0s", "1d", "5m", "-1h", "1500ms"]);
    }

    #[test]
    fn decimals_are_short_and_exact() {
        let shown = [12_500_000, 12_000_000, -1, 0, i64::MAX, i64::MIN].map(|units| decimal(units, 6));
        let expected = ["12.5", "12", "-0.000001", "0", "9223372036854.775807", "-9223372036854.775808"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn addresses_are_rfc_5952() {
        let of = |text: &str| ip(&text.parse::<std::net::Ipv6Addr>().unwrap().octets()).unwrap();
        assert_eq!(of("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(of("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
        assert_eq!(of("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
        assert_eq!([of("::"), of("1::"), of("::1")], ["::", "1::", "::1"]);
        assert!(ip(&[0; 15]).is_err());
    }

    #[test]
    fn ranges_have_the_length_of_their_version() {
        let mut network = [0_u8; 17];
        assert_eq!(cidr(&network).unwrap(), "::/0");
        network[10..].copy_from_slice(&[0xff, 0xff, 10, 0, 0, 0, 104]);
        assert_eq!(cidr(&network).unwrap(), "10.0.0.0/8");
        network[16] = 95;
        assert!(cidr(&network).is_err());
        network[16] = 129;
        assert!(cidr(&network).is_err());
    }
}
