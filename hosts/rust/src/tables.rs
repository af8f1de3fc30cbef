//! External tables: what callers load into a policy, and how it gets into an instance. A table that could not be
//! loaded is as it was. Memory grows by what is missing, up to a limit.

use crate::answer::AnswerError;
use crate::contract;
use crate::engine::Guest;
use crate::failure::Failure;
use crate::json::{Step, json_path};
use crate::manifest::{Manifest, Table};
use crate::memory::{Memory, write};
use crate::reader::errors::{OUT_OF_MEMORY, found_text, texts, unlisted};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use contract::{CODE_TOO_LARGE as LAST_OF_TEXT, OUTCOME_NONE as NOWHERE, PAGE_BYTES};

/// The size of a page.
const PAGE: usize = PAGE_BYTES as usize;

/// Why a table was not loaded. The table that was there before still is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    pub table: String,
    /// A name of the ABI's, `unknown_table` or `engine_error`.
    pub code: &'static str,
    /// JSONPath (RFC 9535) from the table's own object; `$` for the text as a whole.
    pub path: String,
    pub expected: String,
    pub found: String,
    /// Bytes from the start of the text.
    pub offset: u32,
}

impl TableError {
    pub(crate) fn new(table: &str, error: AnswerError) -> Self {
        let AnswerError { code, path, expected, found, offset } = error;
        Self { table: table.to_owned(), code, path, expected, found, offset }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, path, expected, found, offset, .. } = self;
        write!(out, "the table `{table}` was not loaded: ")?;
        if path == "$" {
            write!(out, "at byte {offset}")?
        } else {
            out.write_str(path)?
        }
        write!(out, ": expected {expected}, found {found}")
    }
}

impl std::error::Error for TableError {}

/// What the tables of a policy hold, for instances that have yet to be told.
pub(crate) struct Tables {
    /// Counts each change.
    version: AtomicU64,
    held: RwLock<Vec<Held>>,
}

/// Of one table: its text, if it has one, and the version that came with it.
#[derive(Clone, Default)]
struct Held {
    text: Option<Arc<[u8]>>,
    version: u64,
}

/// What one instance was told of them.
#[derive(Default)]
pub(crate) struct Seen(u64);

impl Tables {
    pub(crate) fn new(count: usize) -> Self {
        Self { version: AtomicU64::new(0), held: RwLock::new(vec![Held::default(); count]) }
    }

    /// `text`: `None` empties the table. Gives what an instance has seen that holds this and all before.
    pub(crate) fn set(&self, index: usize, text: Option<Arc<[u8]>>) -> Seen {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let version = self.version.load(Ordering::Relaxed) + 1;
        if let Some(table) = held.get_mut(index) {
            *table = Held { text, version };
        }
        self.version.store(version, Ordering::Release);
        Seen(version)
    }

    /// Whether an instance knows the present contents.
    #[inline]
    pub(crate) fn are_in(&self, seen: &Seen) -> bool {
        self.version.load(Ordering::Acquire) == seen.0
    }

    /// Tells an instance what it does not know yet.
    pub(crate) fn bring_into(
        &self,
        guest: &mut Guest,
        seen: &mut Seen,
        manifest: &Manifest,
        most_bytes: usize,
    ) -> Result<(), Failure> {
        let (held, version) = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            (held.clone(), self.version.load(Ordering::Acquire))
        };
        for (index, table) in held.iter().enumerate().filter(|(_, table)| table.version > seen.0) {
            match &table.text {
                Some(text) => {
                    if let Some(error) = fill(guest, manifest, index, text, most_bytes)? {
                        return Err(Failure::misread(&format!("a table that it does not take again: {error}")));
                    }
                }
                None => guest.drop_table(number(index)?)?,
            }
        }
        seen.0 = version;
        Ok(())
    }
}

fn number(index: usize) -> Result<i32, Failure> {
    i32::try_from(index).map_err(|_| Failure::misread("more tables than a module has"))
}

/// Fills a table of one instance from its text; gives what is wrong with that.
pub(crate) fn fill(
    guest: &mut Guest,
    manifest: &Manifest,
    index: usize,
    text: &[u8],
    most_bytes: usize,
) -> Result<Option<AnswerError>, Failure> {
    let table = manifest.tables.get(index);
    let table = table.ok_or_else(|| Failure::misread(contract::VIOLATION_UNKNOWN_TABLE))?;
    let outcome = guest.table_outcome()?;
    let too_large = || {
        let expected = contract::TEXT_TABLE_BYTES.replace("{}", &most_bytes.to_string());
        Ok(Some(AnswerError::new("out_of_memory", expected, contract::TEXT_OVERSIZED_DOCUMENT)))
    };
    let Ok(length) = i32::try_from(text.len()) else {
        return too_large();
    };
    let mut address = guest.table_text(length)?;
    if address == 0 && grow(guest, outcome, most_bytes)? {
        address = guest.table_text(length)?;
    }
    if address == 0 {
        return too_large();
    }
    write(guest.memory_mut(), address, text)?;
    let index = number(index)?;
    let mut code = guest.load_table(index)?;
    while code == OUT_OF_MEMORY && grow(guest, outcome, most_bytes)? {
        code = guest.load_table(index)?;
    }
    match code {
        0 => Ok(None),
        OUT_OF_MEMORY => too_large(),
        code => Outcome { memory: Memory(guest.memory()), address: outcome, table, text }.error(code).map(Some),
    }
}

/// By the pages that are missing; whether there are more than before.
fn grow(guest: &mut Guest, outcome: u32, most_bytes: usize) -> Result<bool, Failure> {
    let missing = Memory(guest.memory()).u32(outcome.saturating_add(contract::OUTCOME_MISSING_PAGES))?;
    let before = guest.reserve(0)?;
    let most = u32::try_from(most_bytes / PAGE).unwrap_or(u32::MAX);
    let Some(wanted) = before.checked_add(missing).filter(|wanted| missing > 0 && *wanted <= most) else {
        return Ok(false);
    };
    Ok(guest.reserve(wanted)? >= wanted)
}

/// What the module says of a text that it does not take.
struct Outcome<'a> {
    memory: Memory<'a>,
    address: u32,
    table: &'a Table,
    text: &'a [u8],
}

impl Outcome<'_> {
    fn u32(&self, offset: u32) -> Result<u32, Failure> {
        self.memory.u32(self.address.saturating_add(offset))
    }

    fn error(&self, code: u32) -> Result<AnswerError, Failure> {
        let [name, expected, found] = texts(code).ok_or_else(unlisted)?;
        let usual_found = found_text(self.u32(8)?)?;
        let (place, offset) = (self.u32(4)?, self.u32(12)?);
        let is_key = name == "wrong_key";
        let found = match found {
            "" if is_key => self.quoted(&self.name_at(offset)?),
            "" => usual_found.to_owned(),
            found => found.to_owned(),
        };
        let expected = match expected {
            "" if is_key => contract::TEXT_KEY_THAT_IS.replace("{}", self.key(place)),
            "" => self.expected(place).to_owned(),
            expected => expected.to_owned(),
        };
        let path = if code <= LAST_OF_TEXT { "$".to_owned() } else { self.path()? };
        Ok(AnswerError { code: name, path, expected, found, offset })
    }

    fn path(&self) -> Result<String, Failure> {
        let keys = [self.u32(16)?, self.u32(20)?].into_iter().filter(|at| *at != NOWHERE);
        let keys = keys.map(|at| self.name_at(at)).collect::<Result<Vec<_>, _>>()?;
        let element = self.u32(24)?;
        let element = (element != NOWHERE).then_some(Step::Index(element as usize));
        Ok(json_path(keys.iter().map(|key| Step::Name(key)).chain(element)))
    }

    fn key(&self, place: u32) -> &str {
        self.table.keys.get(place as usize).map_or("", |key| &key.expected)
    }

    fn expected(&self, place: u32) -> &str {
        let value = &self.table.value;
        match place {
            0 | 1 => contract::TEXT_OBJECT,
            3 => value.element.as_ref().unwrap_or(&value.expected),
            _ => &value.expected,
        }
    }

    fn quoted(&self, name: &str) -> String {
        let mut quoted = Vec::new();
        crate::json::push_string(&mut quoted, name);
        String::from_utf8_lossy(&quoted).into_owned()
    }

    /// The name whose opening quote is so many bytes into the text.
    fn name_at(&self, offset: u32) -> Result<String, Failure> {
        let from = self.text.get(offset as usize..).unwrap_or_default();
        let name = serde_json::Deserializer::from_slice(from).into_iter::<String>().next();
        let name = name.and_then(Result::ok);
        name.ok_or_else(|| Failure::misread(contract::VIOLATION_MISSING_KEY))
    }
}
