//! Custom sections of a module, by their names. Bytes that are a valid module come in; of any others nothing goes out.

const HEADER: usize = 8;
const CUSTOM: u8 = 0;

/// The contents of all custom sections of that name, in their order.
pub(crate) fn custom_sections<'a>(module: &'a [u8], name: &str) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut rest = module.get(HEADER..).unwrap_or_default();
    while let Some((id, contents, after)) = next_section(rest) {
        rest = after;
        if id != CUSTOM {
            continue;
        }
        if let Some((own, contents)) = sized(contents)
            && own == name.as_bytes()
        {
            found.push(contents);
        }
    }
    found
}

fn next_section(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (id, rest) = bytes.split_first()?;
    let (contents, after) = sized(rest)?;
    Some((*id, contents, after))
}

/// Bytes behind their length, and what follows.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = unsigned(bytes)?;
    rest.split_at_checked(length)
}

/// LEB128 of at most 32 bits.
fn unsigned(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, bytes.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::custom_sections;

    #[test]
    fn finds_each_section_of_the_name() {
        let module = [
            b"\0asm\x01\0\0\0".as_slice(),
            b"\0\x05\x01aone",
            b"\0\x03\x01b-",
            b"\x01\x01\0",
            b"\0\x81\0\0",
            b"\0\x05\x01atwo",
        ];
        assert_eq!(custom_sections(&module.concat(), "a"), [b"one", b"two"]);
    }

    #[test]
    fn ends_where_a_length_leads_too_far() {
        assert!(custom_sections(b"\0asm\x01\0\0\0\0\x09\x01a", "a").is_empty());
        assert!(custom_sections(b"\0asm", "a").is_empty());
    }
}
