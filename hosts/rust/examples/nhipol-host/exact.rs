//! Compares JSON texts: members in any order, numbers by their exact decimal value.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub fn same(left: &RawValue, right: &RawValue) -> bool {
    let (a, b) = (left.get(), right.get());
    match (a.as_bytes().first(), b.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => {
            let (Some(a), Some(b)) = (members(a), members(b)) else {
                return false;
            };
            a.len() == b.len() && a.iter().all(|(name, left)| b.get(name).is_some_and(|right| same(left, right)))
        }
        (Some(b'['), Some(b'[')) => {
            let (Some(a), Some(b)) = (elements(a), elements(b)) else {
                return false;
            };
            a.len() == b.len() && a.iter().zip(&b).all(|(left, right)| same(left, right))
        }
        (Some(b'"'), Some(b'"')) => text(a).is_some() && text(a) == text(b),
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => decimal(a) == decimal(b),
        _ => a == b,
    }
}

fn members(text: &str) -> Option<BTreeMap<String, Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

fn elements(text: &str) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(text).ok()
}

fn text(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// Sign, digits from the first that is not 0 to the last, and the power of ten after them.
fn decimal(number: &str) -> (bool, String, i64) {
    let (mantissa, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all = format!("{whole}{fraction}");
    let to_last = all.trim_end_matches('0');
    let digits = to_last.trim_start_matches('0');
    if digits.is_empty() {
        return (false, String::new(), 0);
    }
    let places = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let power = power.parse::<i64>().unwrap_or(i64::MAX);
    (sign, digits.to_owned(), power + places(&all) - places(to_last) - places(fraction))
}
