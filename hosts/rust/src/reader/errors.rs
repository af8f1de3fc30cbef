//! What was wrong with what a module was told, from its numbers and the words of manifest and ABI.

use crate::answer::AnswerError;
use crate::failure::Failure;
use crate::manifest::Manifest;
use crate::memory::Memory;

pub(crate) const CODE: u32 = 16;
const PATH: u32 = 20;
const FOUND: u32 = 24;
const OFFSET: u32 = 28;
const INDEXES: u32 = 32;
const INDEX_COUNT: u32 = 4;

pub(crate) const OUT_OF_MEMORY: u32 = 7;
pub(crate) const NO_ROOM: &str = "no_room";

/// By an error's code: its name, what was expected and what was found. '' where the path, or the result, tells it.
pub(crate) fn texts(code: u32) -> Option<[&'static str; 3]> {
    Some(match code {
        1 => ["not_json", "JSON text", "a byte that cannot stand there"],
        2 => ["not_utf8", "UTF-8", "bytes that are not UTF-8"],
        3 => ["lone_surrogate", "paired surrogates", "a lone surrogate"],
        4 => ["too_deep", "at most 16 levels", "a deeper nesting"],
        5 => ["too_large", "at most 65536 bytes", "a longer text"],
        6 => ["duplicate_name", "each name once", "a name twice"],
        OUT_OF_MEMORY => ["out_of_memory", "a smaller request", "more than fits"],
        16 => ["wrong_type", "", ""],
        17 => ["missing", "", ""],
        18 => ["too_long", "at most 4096 bytes", "a longer string"],
        19 => ["too_many", "at most 256 elements", "more elements"],
        20 => ["wrong_key", "", ""],
        21 => ["duplicate_key", "each key once", "a key twice"],
        22 => [NO_ROOM, "room for another session", "none, until more memory is reserved"],
        23 => ["no_session", "the handle of an open session", "another"],
        24 => ["other_type", "the same as the session was opened with", "another"],
        25 => ["no_signal", "a signal that the policy declares", "another"],
        26 => ["no_snapshot", "a session's text, as a module writes it", "another"],
        _ => return None,
    })
}

/// Whether the fault leaves the rest of the request to be judged.
pub(crate) fn is_of_member(code: u32) -> bool {
    (16..=21).contains(&code)
}

const FOUND_TEXTS: [&str; 10] = [
    "nothing",
    "an object",
    "an array",
    "a string",
    "a number",
    "true or false",
    "null",
    "a fraction",
    "text that is no instant",
    "a value outside of it",
];

pub(crate) fn found_text(number: u32) -> Result<&'static str, Failure> {
    let text = FOUND_TEXTS.get(number as usize).copied();
    text.ok_or_else(unlisted)
}

pub(crate) fn unlisted() -> Failure {
    Failure::misread("an error that is not listed")
}

/// What stands at so many bytes from the address of a result that lies in memory.
pub(crate) fn read_error(memory: Memory<'_>, result: u32, manifest: &Manifest) -> Result<Option<AnswerError>, Failure> {
    let at = |offset: u32| memory.u32(result.saturating_add(offset));
    let code = at(CODE)?;
    if code == 0 {
        return Ok(None);
    }
    let [name, expected, found] = texts(code).ok_or_else(unlisted)?;
    let place = at(PATH)? as usize;
    let usual_found = found_text(at(FOUND)?)?;
    let usual = manifest.paths.get(place).and_then(|(.., expected)| manifest.expected.get(*expected));
    let usual: &str = usual.ok_or_else(unlisted)?;
    let indexes = (0..INDEX_COUNT).map(|index| at(INDEXES + 4 * index)).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(AnswerError {
        code: name,
        path: with_indexes(&path_at(place, manifest)?, &indexes),
        expected: if expected.is_empty() { usual } else { expected }.to_owned(),
        found: if found.is_empty() { usual_found } else { found }.to_owned(),
        offset: at(OFFSET)?,
    }))
}

/// Row by row to the first, which all begin with.
pub(crate) fn path_at(mut place: usize, manifest: &Manifest) -> Result<String, Failure> {
    let mut steps = Vec::new();
    loop {
        let (before, step, _) = manifest.paths.get(place).ok_or_else(unlisted)?;
        steps.push(&**step);
        if place == 0 {
            steps.reverse();
            return Ok(steps.concat());
        }
        if *before >= place {
            return Err(Failure::misread("a path that goes in circles"));
        }
        place = *before;
    }
}

/// Puts the places in arrays into a path's `[]` outside of quotes; those beyond what is known stay open.
fn with_indexes(path: &str, indexes: &[u32]) -> String {
    let mut indexes = indexes.iter();
    let mut out = String::with_capacity(path.len() + 8);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for char in path.chars() {
        if char == ']' && !is_quoted && out.ends_with('[') {
            match indexes.next() {
                Some(index) => out.push_str(&index.to_string()),
                None => out.push('*'),
            }
        }
        out.push(char);
        if char == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = is_quoted && char == '\\' && !is_escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::with_indexes;

    #[test]
    fn indexes_stand_outside_of_quotes_alone() {
        let indexes = [3, 7];
        assert_eq!(with_indexes("$.a[].b[][\"x[]\"]", &indexes), "$.a[3].b[7][\"x[]\"]");
        assert_eq!(with_indexes("$[\"q\\\"[]\"][][]", &indexes), "$[\"q\\\"[]\"][3][7]");
        assert_eq!(with_indexes("$[][][]", &indexes), "$[3][7][*]");
    }
}
