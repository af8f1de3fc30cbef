//! Strings as JSON writes them, with no escape that is not needed.

const HEX: [u8; 16] = *b"0123456789abcdef";

/// In quotes.
#[inline]
pub(crate) fn push_string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    if has_escape(bytes) {
        push_escaped(out, bytes);
    } else {
        out.extend_from_slice(bytes);
    }
    out.push(b'"');
}

/// Whether a byte is below 0x20, a quote or a backslash, of eight bytes at once: such a byte sets its highest bit when
/// 0x20 is taken from it, or 1 after the other has made it 0.
#[inline]
fn has_escape(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHEST: u64 = ONES * 0x80;
    let mut chunks = bytes.chunks_exact(8);
    let mut found = 0;
    for chunk in &mut chunks {
        let chunk = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        let quote = chunk ^ (ONES * u64::from(b'"'));
        let backslash = chunk ^ (ONES * u64::from(b'\\'));
        let below = chunk.wrapping_sub(ONES * 0x20);
        found |= (below | quote.wrapping_sub(ONES) | backslash.wrapping_sub(ONES)) & !chunk & HIGHEST;
    }
    found != 0 || chunks.remainder().iter().any(|byte| needs_escape(*byte))
}

#[cold]
fn push_escaped(out: &mut Vec<u8>, mut rest: &[u8]) {
    while let Some(at) = rest.iter().position(|byte| needs_escape(*byte)) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, after)) = from.split_first() else {
            break;
        };
        push_escape(out, *byte);
        rest = after;
    }
    out.extend_from_slice(rest);
}

#[inline]
fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => {
            let digit = |half: u8| HEX.get(usize::from(half & 0xf)).copied().unwrap_or(b'0');
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[digit(byte >> 4), digit(byte)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::push_string;

    #[test]
    fn escapes_what_must_be_and_nothing_else() {
        let mut out = Vec::new();
        push_string(&mut out, "a\"\\\u{8}\t\n\u{c}\r\u{1f}/\u{7f}é\u{2028}😀");
        let expected = "\"a\\\"\\\\\\b\\t\\n\\f\\r\\u001f/\u{7f}é\u{2028}😀\"";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn finds_each_byte_at_each_place() {
        for byte in 0..0x80_u8 {
            for place in 0..19 {
                let mut text = [b'a'; 19];
                text[place] = byte;
                let mut out = Vec::new();
                push_string(&mut out, std::str::from_utf8(&text).unwrap());
                let needs_escape = byte < 0x20 || byte == b'"' || byte == b'\\';
                assert_eq!(out.len() > 21, needs_escape, "{byte} at {place}");
            }
        }
    }
}
