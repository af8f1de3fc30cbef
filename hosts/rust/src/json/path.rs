//! The place where a document ends: returns the JSONPath (RFC 9535) of the value that would follow JSON that is not
//! complete.

/// The step from a container to the value in it.
enum Step<'a> {
    Element(usize),
    /// The name, in JSON. Empty: it does not have one yet.
    Member(&'a str),
}

pub(super) fn at_end(written: &str) -> String {
    let mut steps = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' { string_length(rest) } else { first.len_utf8() };
        let (token, others) = rest.split_at(length);
        match (first, steps.last_mut()) {
            ('[', _) => steps.push(Step::Element(0)),
            ('{', _) => steps.push(Step::Member("")),
            (']' | '}', _) => drop(steps.pop()),
            (',', Some(Step::Element(index))) => *index += 1,
            (',', Some(Step::Member(name))) => *name = "",
            ('"', Some(Step::Member(name))) if name.is_empty() => *name = token,
            _ => {}
        }
        rest = others;
    }
    steps.iter().fold("$".to_owned(), |path, step| path + &segment(step))
}

/// The length of the JSON string at the start of this text. Its first quote does not end it.
fn string_length(text: &str) -> usize {
    let mut is_escaped = true;
    let is_end = |each| {
        let is_end = each == '"' && !is_escaped;
        is_escaped = each == '\\' && !is_escaped;
        is_end
    };
    text.find(is_end).map_or(text.len(), |end| end + 1)
}

/// The short form of a name where it is allowed.
fn segment(step: &Step) -> String {
    let quoted = match step {
        Step::Element(index) => return format!("[{index}]"),
        Step::Member(quoted) => quoted,
    };
    let name = quoted.trim_matches('"');
    let is_letter = |each: char| each.is_ascii_alphabetic() || each == '_';
    let is_short = name.starts_with(is_letter) && name.chars().all(|each| is_letter(each) || each.is_ascii_digit());
    match quoted.len() {
        0 => String::new(),
        _ if is_short => format!(".{name}"),
        _ => format!("[{quoted}]"),
    }
}
