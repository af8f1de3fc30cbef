//! What a module says of itself. The bytes of its section come in, checked data goes out; a manifest that lacks
//! something, or has it of another type, is refused. Members that are not named here are not looked at.

use crate::answer::Effect;
use crate::contract::{self, MANIFEST_SECTION as SECTION};
use crate::load_error::LoadError;
use crate::sections::custom_sections;
use serde::de::{Deserializer, Error, IgnoredAny};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const ABI_MAJOR: u64 = contract::ABI_MAJOR as u64;

/// A name, a path or a text, which answers share.
pub(crate) type Text = Arc<str>;

#[derive(Deserialize)]
pub(crate) struct Manifest {
    pub(crate) policy: PolicyName,
    #[serde(rename = "compiler")]
    _compiler: Text,
    pub(crate) sources: Text,
    #[serde(default, rename = "simd", deserialize_with = "present")]
    _simd: Option<bool>,
    #[serde(default, rename = "time_zones", deserialize_with = "present")]
    _time_zones: Option<Text>,
    #[serde(rename = "schema")]
    _schema: IgnoredAny,
    pub(crate) selectors: Selectors,
    pub(crate) paths: Vec<(usize, Text, usize)>,
    pub(crate) expected: Vec<Text>,
    pub(crate) files: Vec<Text>,
    pub(crate) reads: Vec<Text>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) choosers: Vec<Text>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) placeholders: Vec<Type>,
    #[serde(default)]
    pub(crate) obligations: Vec<Obligation>,
    #[serde(default)]
    pub(crate) properties: Vec<Type>,
    #[serde(default)]
    pub(crate) tables: Vec<Table>,
    #[serde(default, rename = "bounds", deserialize_with = "present")]
    _bounds: Option<Bounds>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) sessions: Option<Sessions>,
    #[serde(default)]
    pub(crate) history: History,
}

/// Of the policy, as its author gave them.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct PolicyName {
    pub name: Arc<str>,
    pub version: Arc<str>,
}

#[derive(Deserialize)]
pub(crate) struct Selectors {
    pub(crate) subjects: Vec<Text>,
    pub(crate) actions: Vec<Text>,
    pub(crate) resources: Vec<Text>,
}

#[derive(Deserialize)]
pub(crate) struct Reason {
    pub(crate) id: Text,
    #[serde(default, deserialize_with = "present")]
    pub(crate) message: Option<Vec<Part>>,
    #[serde(default, rename = "covers")]
    _covers: Vec<Text>,
    /// File, line and column.
    pub(crate) source: (usize, u64, u64),
    #[serde(default)]
    pub(crate) unknown: Vec<usize>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) asks: Option<Asks>,
}

/// Of a message: a text as it is, or a placeholder's index.
pub(crate) enum Part {
    Text(Text),
    Placeholder(usize),
}

#[derive(Deserialize)]
pub(crate) struct Asks {
    pub(crate) effect: Effect,
    pub(crate) obligations: Vec<Demand>,
}

#[derive(Deserialize)]
pub(crate) struct Demand {
    pub(crate) obligation: usize,
    /// In ASCII order of the names.
    pub(crate) properties: BTreeMap<Text, usize>,
}

#[derive(Deserialize)]
pub(crate) struct Obligation {
    pub(crate) name: Text,
    #[serde(rename = "type")]
    pub(crate) kind: Text,
    #[serde(rename = "properties")]
    _properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(rename = "name")]
    _name: Text,
    #[serde(rename = "type")]
    _type: Type,
}

#[derive(Deserialize)]
pub(crate) struct Rule {
    pub(crate) effects: Vec<Effect>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) subjects: Option<Vec<u32>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) actions: Option<Vec<u32>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) resources: Option<Vec<u32>>,
    pub(crate) read: Vec<usize>,
}

#[derive(Deserialize)]
pub(crate) struct Constraint {
    pub(crate) name: Text,
    #[serde(rename = "type")]
    pub(crate) kind: Type,
    #[serde(rename = "merge")]
    _merge: Text,
    #[serde(default, rename = "limits", deserialize_with = "present")]
    _limits: Option<Text>,
}

#[derive(Deserialize)]
pub(crate) struct Table {
    pub(crate) name: Text,
    pub(crate) keys: Vec<TableKey>,
    pub(crate) value: TableValue,
}

#[derive(Deserialize)]
pub(crate) struct TableKey {
    #[serde(rename = "type")]
    _type: Type,
    pub(crate) expected: Text,
}

#[derive(Deserialize)]
pub(crate) struct TableValue {
    #[serde(rename = "type")]
    _type: Type,
    pub(crate) expected: Text,
    #[serde(default, deserialize_with = "present")]
    pub(crate) element: Option<Text>,
}

#[derive(Deserialize)]
struct Bounds {
    #[serde(rename = "steps")]
    _steps: Vec<(u64, u64, u64, u64)>,
    #[serde(rename = "memory_bytes")]
    _memory_bytes: u64,
}

#[derive(Deserialize)]
pub(crate) struct Sessions {
    #[serde(rename = "bytes")]
    _bytes: u64,
    #[serde(rename = "words")]
    _words: HashMap<Text, (u64, u64)>,
    /// By their places.
    #[serde(default)]
    pub(crate) signals: Vec<Text>,
    #[serde(default, rename = "approvals", deserialize_with = "present")]
    _approvals: Option<bool>,
}

/// Indexes of `reads`.
#[derive(Default, Deserialize)]
pub(crate) struct History {
    pub(crate) terms: Vec<usize>,
    pub(crate) decisions: Vec<usize>,
}

/// Of a cell.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "TypeRow")]
pub(crate) enum Type {
    Bool,
    Int,
    Decimal,
    /// A String or a SpiffeId.
    Text,
    Timestamp,
    Duration,
    Ip,
    Cidr,
    Enum(Vec<Text>),
    /// Its elements are no sets.
    Set(Box<Type>),
}

#[derive(Deserialize)]
struct TypeRow {
    kind: Kind,
    #[serde(default, deserialize_with = "present")]
    name: Option<Text>,
    #[serde(default, deserialize_with = "present")]
    members: Option<Vec<Text>>,
    #[serde(default, deserialize_with = "present")]
    element: Option<Box<Type>>,
}

#[derive(Deserialize)]
enum Kind {
    Bool,
    Int,
    Decimal,
    String,
    Timestamp,
    Duration,
    SpiffeId,
    Ip,
    Cidr,
    Enum,
    Set,
}

impl TryFrom<TypeRow> for Type {
    type Error = &'static str;

    fn try_from(row: TypeRow) -> Result<Self, Self::Error> {
        Ok(match (row.kind, row.name, row.members, row.element) {
            (Kind::Bool, ..) => Self::Bool,
            (Kind::Int, ..) => Self::Int,
            (Kind::Decimal, ..) => Self::Decimal,
            (Kind::String | Kind::SpiffeId, ..) => Self::Text,
            (Kind::Timestamp, ..) => Self::Timestamp,
            (Kind::Duration, ..) => Self::Duration,
            (Kind::Ip, ..) => Self::Ip,
            (Kind::Cidr, ..) => Self::Cidr,
            (Kind::Enum, Some(_), Some(members), _) => Self::Enum(members),
            (Kind::Set, .., Some(element)) if !element.is_set() => Self::Set(element),
            (Kind::Enum | Kind::Set, ..) => return Err("an enum or a set that lacks what it is of"),
        })
    }
}

impl Type {
    fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }
}

impl<'de> Deserialize<'de> for Part {
    /// By way of a value, since numbers of some builds of `serde_json` are no numbers to untagged enums.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let part = serde_json::Value::deserialize(from)?;
        if let Some(text) = part.as_str() {
            return Ok(Self::Text(text.into()));
        }
        let index = part.as_u64().and_then(|index| usize::try_from(index).ok());
        index.map(Self::Placeholder).ok_or_else(|| D::Error::custom("a part that is neither text nor index"))
    }
}

/// Of an optional member: what is there is of its type, and so not null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

#[derive(Deserialize)]
struct WithAbi {
    abi: Abi,
}

#[derive(Deserialize)]
struct Abi {
    major: u64,
    #[serde(rename = "minor")]
    _minor: u64,
}

impl Manifest {
    /// `module`: bytes of a valid module.
    pub(crate) fn read(module: &[u8]) -> Result<Self, LoadError> {
        let sections = custom_sections(module, SECTION);
        let [section] = sections[..] else {
            let count = sections.len();
            return Err(LoadError::new(format!("the module has {count} manifests, expected one")));
        };
        let WithAbi { abi } = serde_json::from_slice(section)
            .map_err(|_| LoadError::new("the module's manifest does not state an ABI version"))?;
        if abi.major != ABI_MAJOR {
            return Err(LoadError::other_abi(abi.major));
        }
        let wrong = |why: String| LoadError::new(format!("the module's manifest does not conform to the ABI: {why}"));
        let manifest: Self = serde_json::from_slice(section).map_err(|why| wrong(why.to_string()))?;
        if manifest.placeholders.iter().any(Type::is_set) {
            return Err(wrong("a placeholder that is a set".to_owned()));
        }
        if manifest.reasons.iter().any(|reason| reason.unknown.len() > 64) {
            return Err(wrong("a reason of more than 64 paths".to_owned()));
        }
        Ok(manifest)
    }
}
