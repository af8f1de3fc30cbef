//! JSONPath (RFC 9535) of a member, in its short form where a name allows it.

use super::text::push_string;

pub(crate) enum Step<'a> {
    Name(&'a str),
    Index(usize),
    /// Any place in an array.
    Element,
}

pub(crate) fn json_path<'a>(steps: impl IntoIterator<Item = Step<'a>>) -> String {
    let mut path = b"$".to_vec();
    for step in steps {
        match step {
            Step::Index(index) => path.extend_from_slice(format!("[{index}]").as_bytes()),
            Step::Element => path.extend_from_slice(b"[]"),
            Step::Name(name) if is_short(name) => {
                path.push(b'.');
                path.extend_from_slice(name.as_bytes());
            }
            Step::Name(name) => {
                path.push(b'[');
                push_string(&mut path, name);
                path.push(b']');
            }
        }
    }
    String::from_utf8_lossy(&path).into_owned()
}

fn is_short(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let mut bytes = name.bytes();
    bytes.next().is_some_and(is_letter) && bytes.all(|byte| is_letter(byte) || byte.is_ascii_digit())
}
