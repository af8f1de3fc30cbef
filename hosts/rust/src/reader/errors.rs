//! What was wrong with what a module was told, from its numbers and the words of manifest and ABI.

use crate::answer::AnswerError;
use crate::contract;
use crate::failure::Failure;
use crate::manifest::Manifest;
use crate::memory::Memory;

pub(crate) use crate::contract::{CODE_OUT_OF_MEMORY as OUT_OF_MEMORY, ERROR_NO_ROOM as NO_ROOM, error_texts as texts};

/// Whether the fault leaves the rest of the request to be judged.
pub(crate) fn is_of_member(code: u32) -> bool {
    (contract::CODE_WRONG_TYPE..=contract::CODE_DUPLICATE_KEY).contains(&code)
}

pub(crate) fn found_text(number: u32) -> Result<&'static str, Failure> {
    let text = contract::FOUND_TEXTS.get(number as usize).copied();
    text.ok_or_else(unlisted)
}

pub(crate) fn unlisted() -> Failure {
    Failure::misread(contract::VIOLATION_UNKNOWN_ERROR)
}

/// What stands at so many bytes from the address of a result that lies in memory.
pub(crate) fn read_error(memory: Memory<'_>, result: u32, manifest: &Manifest) -> Result<Option<AnswerError>, Failure> {
    let at = |offset: u32| memory.u32(result.saturating_add(offset));
    let code = at(contract::RESULT_ERROR_CODE)?;
    if code == 0 {
        return Ok(None);
    }
    let [name, expected, found] = texts(code).ok_or_else(unlisted)?;
    let place = at(contract::RESULT_ERROR_PATH)? as usize;
    let usual_found = found_text(at(contract::RESULT_ERROR_FOUND)?)?;
    let usual = manifest.paths.get(place).and_then(|(.., expected)| manifest.expected.get(*expected));
    let usual: &str = usual.ok_or_else(unlisted)?;
    let indexes = (0..contract::MAX_ERROR_INDEXES)
        .map(|index| at(contract::RESULT_ERROR_INDEXES + 4 * index))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(AnswerError {
        code: name,
        path: with_indexes(&path_at(place, manifest)?, &indexes),
        expected: if expected.is_empty() { usual } else { expected }.to_owned(),
        found: if found.is_empty() { usual_found } else { found }.to_owned(),
        offset: at(contract::RESULT_ERROR_OFFSET)?,
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
            return Err(Failure::misread(contract::VIOLATION_CYCLIC_PATH));
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
