//! The manifest of a module, which describes the policy: the bytes of the module come in, and the contents of the custom
//! section go out. No decision needs it.

use crate::contract::MANIFEST_SECTION;
use serde::Deserialize;

const HEADER: usize = 8;

/// The members of the manifest that this host reads.
#[derive(Deserialize)]
pub(crate) struct Manifest {
    pub(crate) policy: PolicyName,
}

/// The name and the version of a policy, as its author chose them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PolicyName {
    pub name: String,
    pub version: String,
}

/// The contents of the section of the manifest. `None`: the module has none.
pub(crate) fn section(module: &[u8]) -> Option<&str> {
    let mut rest = module.get(HEADER..)?;
    loop {
        let (id, sized) = rest.split_first()?;
        let (section, after) = split_sized(sized)?;
        match split_sized(section) {
            Some((name, contents)) if *id == 0 && name == MANIFEST_SECTION.as_bytes() => {
                return std::str::from_utf8(contents).ok();
            }
            _ => rest = after,
        }
    }
}

/// The bytes after their length, which is a LEB128 of at most 32 bits, and those that follow.
fn split_sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)?;
    let (length, rest) = bytes.split_at(end + 1);
    let length = length.iter().rev().fold(0, |length, byte| (length << 7) | u64::from(byte & 0x7f));
    rest.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn finds_the_section_by_its_name() {
        let name = b"\x0fnhipol.manifest";
        let module = [b"\0asm\x01\0\0\0".as_slice(), b"\0\x02\x01a", b"\x01\x81\0\0", b"\0\x12", name, b"{}"];
        assert_eq!(section(&module.concat()), Some("{}"));
        assert_eq!(section(&module[..3].concat()), None);
    }

    #[test]
    fn ends_at_a_length_beyond_the_module() {
        assert_eq!(section(b"\0asm\x01\0\0\0\0\x09\x01a"), None);
        assert_eq!(section(b"\0asm"), None);
    }
}
