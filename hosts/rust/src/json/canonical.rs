//! JSON text in its one canonical form: the JSON Canonicalization Scheme, RFC 8785. Of two texts that say something else
//! no form is the same: what the form can't carry (a duplicate name, a number of more digits than a double keeps, a lone
//! surrogate, too deep a nesting) has none.

use super::text::push_string;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

const MOST_LEVELS: usize = 64;

/// A value that has a canonical form. Its numbers are in that form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// `null`, `true`, `false` or a number, as it is written.
    Plain(String),
    Text(String),
    List(Vec<Form>),
    Members(BTreeMap<Name, Form>),
}

/// The members of an object that are read, by their names; the value of one with `None` is read as a whole.
pub(crate) struct Selection(pub(crate) &'static [(&'static str, Option<Selection>)]);

impl Selection {
    /// `None`: the member is not read.
    fn find(&self, name: Option<&str>) -> Option<Option<&Selection>> {
        self.0.iter().find(|(known, _)| name == Some(*known)).map(|(_, within)| within.as_ref())
    }
}

/// In the order of UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0 == name
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.encode_utf16().cmp(other.0.encode_utf16())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Form {
    pub(crate) fn members<const COUNT: usize>(members: [(&str, Option<Form>); COUNT]) -> Self {
        let known = members.into_iter().filter_map(|(name, form)| Some((Name(name.to_owned()), form?)));
        Self::Members(known.collect())
    }

    /// A member that is there and not null.
    pub(crate) fn get(&self, name: &str) -> Option<&Form> {
        let Self::Members(members) = self else {
            return None;
        };
        members.get(&Name(name.to_owned())).filter(|member| **member != Self::Plain("null".to_owned()))
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain(text) => out.extend_from_slice(text.as_bytes()),
            Self::Text(text) => push_string(out, text),
            Self::List(elements) => {
                out.push(b'[');
                for (at, element) in elements.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    element.write(out);
                }
                out.push(b']');
            }
            Self::Members(members) => {
                out.push(b'{');
                for (at, (Name(name), member)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    push_string(out, name);
                    out.push(b':');
                    member.write(out);
                }
                out.push(b'}');
            }
        }
    }
}

/// RFC 7396, of values that have forms.
pub(crate) fn merged(target: Option<Form>, patch: Form) -> Form {
    let Form::Members(changes) = patch else {
        return patch;
    };
    let mut members = match target {
        Some(Form::Members(members)) => members,
        _ => BTreeMap::new(),
    };
    for (name, change) in changes {
        if change == Form::Plain("null".to_owned()) {
            members.remove(&name);
        } else {
            let before = members.remove(&name);
            members.insert(name, merged(before, change));
        }
    }
    Form::Members(members)
}

/// Those members of an object that have one of the names, and their forms. `None` inside: it has none. Of anything but the
/// JSON text of an object there are no members.
pub(crate) fn canonical_members<const COUNT: usize>(
    text: &[u8],
    names: [&str; COUNT],
) -> [Option<Option<Form>>; COUNT] {
    selected_members(text, names.map(|name| (name, None)))
}

/// The same, each read as far as its selection goes.
pub(crate) fn selected_members<const COUNT: usize>(
    text: &[u8],
    names: [(&str, Option<&Selection>); COUNT],
) -> [Option<Option<Form>>; COUNT] {
    let mut found = [const { None }; COUNT];
    let is_json = serde_json::from_slice::<IgnoredAny>(text).is_ok();
    let Some(text) = std::str::from_utf8(text).ok().filter(|_| is_json) else {
        return found;
    };
    let mut reader = Reader { rest: text };
    if !reader.takes(b'{') {
        return found;
    }
    let _ = reader.items(b'}', |reader| {
        let name = reader.string();
        reader.takes(b':');
        let value = reader.skip();
        let known = names.iter().zip(&mut found).find(|((known, _), _)| name.as_deref() == Some(*known));
        if let Some(((_, selection), form)) = known {
            *form = Some(if form.is_none() { Reader { rest: value }.value(1, *selection) } else { None });
        }
        Some(())
    });
    found
}

/// Goes by a text that is JSON.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// The next byte behind all space.
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.bytes().next()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        is_next
    }

    /// `None`: it has no form. The reader is then anywhere.
    fn value(&mut self, depth: usize, selection: Option<&Selection>) -> Option<Form> {
        if depth > MOST_LEVELS {
            return None;
        }
        match self.peek()? {
            b'{' => {
                self.takes(b'{');
                let mut members = BTreeMap::new();
                self.items(b'}', |reader| {
                    let name = reader.string();
                    reader.takes(b':');
                    let within = match selection.map(|selection| selection.find(name.as_deref())) {
                        Some(None) => {
                            reader.skip();
                            return Some(());
                        }
                        within => within.flatten().flatten(),
                    };
                    let value = reader.value(depth + 1, within)?;
                    members.insert(Name(name?), value).is_none().then_some(())
                })?;
                Some(Form::Members(members))
            }
            b'[' => {
                self.takes(b'[');
                let mut elements = Vec::new();
                self.items(b']', |reader| {
                    elements.push(reader.value(depth + 1, None)?);
                    Some(())
                })?;
                Some(Form::List(elements))
            }
            b'"' => self.string().map(Form::Text),
            b't' | b'f' | b'n' => Some(Form::Plain(self.word().to_owned())),
            _ => number(self.word()).map(Form::Plain),
        }
    }

    /// Behind the opening bracket, up to and with the closing one.
    fn items(&mut self, end: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.takes(end) {
            return Some(());
        }
        loop {
            item(self)?;
            if !self.takes(b',') {
                return self.takes(end).then_some(());
            }
        }
    }

    /// `None`: it has a lone surrogate.
    fn string(&mut self) -> Option<String> {
        serde_json::from_str(self.quoted()).ok()
    }

    /// A string with its quotes.
    fn quoted(&mut self) -> &'a str {
        self.peek();
        let mut is_escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let is_end = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        });
        self.split(end.map_or(self.rest.len(), |end| end + 2))
    }

    /// A number or a literal.
    fn word(&mut self) -> &'a str {
        let ends = |char: char| matches!(char, ',' | ']' | '}' | ' ' | '\t' | '\n' | '\r');
        self.split(self.rest.find(ends).unwrap_or(self.rest.len()))
    }

    /// Over a value, however deep it is; gives its text.
    fn skip(&mut self) -> &'a str {
        self.peek();
        let start = self.rest;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.split(1);
                }
                Some(b'}' | b']') => {
                    depth = depth.saturating_sub(1);
                    self.split(1);
                }
                Some(b',' | b':') => {
                    self.split(1);
                }
                Some(b'"') => {
                    self.quoted();
                }
                Some(_) => {
                    self.word();
                }
                None => depth = 0,
            }
            if depth == 0 {
                return start.get(..start.len() - self.rest.len()).unwrap_or_default();
            }
        }
    }

    fn split(&mut self, at: usize) -> &'a str {
        let (before, after) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = after;
        before
    }
}

/// As ECMAScript writes it, if that is the same number.
fn number(digits: &str) -> Option<String> {
    let value = digits.parse::<f64>().ok().filter(|value| value.is_finite())?;
    let written = ryu_js::Buffer::new().format_finite(value).to_owned();
    (Decimal::of(digits)? == Decimal::of(&written)?).then_some(written)
}

/// A number as its digits, from the first that isn't 0 to the last, and where they stand.
#[derive(PartialEq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    power: i128,
}

impl Decimal {
    fn of(number: &str) -> Option<Self> {
        let (is_negative, number) = match number.strip_prefix('-') {
            Some(number) => (true, number),
            None => (false, number),
        };
        let (number, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all = [whole, fraction].concat();
        let to_last = all.trim_end_matches('0');
        let digits = to_last.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { is_negative: false, digits, power: 0 });
        }
        let places = |text: &str| i128::try_from(text.len()).ok();
        let shift = places(&all)? - places(to_last)? - places(fraction)?;
        let power = power.parse::<i128>().ok()?.checked_add(shift)?;
        Some(Self { is_negative, digits, power })
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, canonical_members, merged, number};

    fn form(text: &str) -> Option<String> {
        let [value] = canonical_members(format!("{{\"value\":{text}}}").as_bytes(), ["value"]);
        let mut out = Vec::new();
        value??.write(&mut out);
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (digits, written) in [
            ("1.0", "1"),
            ("1e2", "100"),
            ("-0", "0"),
            ("-0.0e5", "0"),
            ("0.000001", "0.000001"),
            ("1e-7", "1e-7"),
            ("1e21", "1e+21"),
            ("123456789012345680000", "123456789012345680000"),
            ("0.1", "0.1"),
            ("-12.50", "-12.5"),
        ] {
            assert_eq!(number(digits).as_deref(), Some(written), "{digits}");
        }
    }

    #[test]
    fn numbers_of_more_digits_have_no_form() {
        for digits in ["9007199254740993", "1e400", "1e-400", "0.1000000000000000055511151231257827"] {
            assert_eq!(number(digits), None, "{digits}");
        }
    }

    #[test]
    fn members_stand_in_the_order_of_utf_16() {
        let text = r#"{ "\ufb33": 1, "\ud83d\ude00" : [ true , null ], "a": {"b\u0009": "\u00e9"} }"#;
        assert_eq!(form(text).unwrap(), "{\"a\":{\"b\\t\":\"é\"},\"😀\":[true,null],\"\u{fb33}\":1}");
    }

    #[test]
    fn what_the_form_cannot_carry_has_none() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(form(&deep(64)).is_some());
        for text in [&deep(65), r#"{"a":1,"\u0061":2}"#, r#""\ud800""#, r#"{"\udc00":1}"#] {
            assert_eq!(form(text), None, "{text}");
        }
    }

    #[test]
    fn members_are_found_by_their_names() {
        let of =
            |text: &str| canonical_members(text.as_bytes(), ["a", "b"]).map(|form| form.map(|form| form.is_some()));
        assert_eq!(of(r#"{"x":{"a":[1]},"\u0061":"]","b":1e999}"#), [Some(true), Some(false)]);
        assert_eq!(of(r#"{"a":1,"a":1,"\ud800":1}"#), [Some(false), None]);
        assert_eq!([of("[]"), of("{\"a\":1"), of("")], [[None, None]; 3]);
    }

    #[test]
    fn patches_are_those_of_rfc_7396() {
        let of = |text: &str| canonical_members(text.as_bytes(), ["v"]).map(Option::flatten);
        let [target] = of(r#"{"v":{"a":1,"b":{"c":2,"d":3}}}"#);
        let [patch] = of(r#"{"v":{"a":null,"b":{"c":4},"e":{"f":null}}}"#);
        let [expected] = of(r#"{"v":{"b":{"c":4,"d":3},"e":{}}}"#);
        assert_eq!(merged(target, patch.unwrap()), expected.unwrap());
        assert_eq!(merged(None, Form::Text("x".to_owned())), Form::Text("x".to_owned()));
    }
}
