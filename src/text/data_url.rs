//! File contents become the `data:` URL that Ignition stores in `contents.source`.
//!
//! RFC 2397 leaves open which bytes are escaped. The Container Linux Config Transpiler escapes
//! everything but the unreserved characters of RFC 2396 section 2.3 (its library
//! `github.com/vincent-petithory/dataurl`, `rfc2396.go`), and so does this module, because equal
//! bytes make its output comparable with the transpiler's.

use base64ct::{Base64, Encoding};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// What comes before the data: no media type, hence `text/plain;charset=US-ASCII` (RFC 2397).
const PREFIX: &str = "data:,";

/// Everything but letters, digits and the "mark" characters of RFC 2396 section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The `data:` URL that decodes to exactly `bytes`.
///
/// Any bytes are fine, text or not. The result is ASCII; no bytes at all become `data:,`.
///
/// Source: RFC 2397, and `Escape` of the transpiler's data URL library for the set of escaped
/// bytes and the upper-case digits.
pub fn data_url(bytes: &[u8]) -> String {
    // Unit files and manifests are about one quarter blanks, line ends and punctuation, each of
    // which triples; for double the size the string hardly ever has to move.
    let mut url = String::with_capacity(PREFIX.len() + bytes.len() * 2);
    url.push_str(PREFIX);
    url.extend(percent_encode(bytes, RESERVED));
    url
}

/// The `data:` URL that has exactly `bytes` in base64, with padding (RFC 4648 section 4), for what is no text.
pub fn base64_data_url(bytes: &[u8]) -> String {
    format!("data:;base64,{}", Base64::encode_string(bytes))
}

#[cfg(test)]
mod tests {
    use super::{base64_data_url, data_url};

    #[test]
    fn base64_is_padded() {
        assert_eq!(base64_data_url(b"a"), "data:;base64,YQ==");
        assert_eq!(base64_data_url(b""), "data:;base64,");
    }

    #[test]
    fn keeps_unreserved_characters() {
        assert_eq!(data_url(b"azAZ09-_.!~*'()"), "data:,azAZ09-_.!~*'()");
    }

    #[test]
    fn escapes_everything_else_with_upper_case_digits() {
        assert_eq!(data_url("a b\n%/:=+\u{e9}\0\u{7f}".as_bytes()), "data:,a%20b%0A%25%2F%3A%3D%2B%C3%A9%00%7F");
        assert_eq!(data_url(&[0xff, 0xfe]), "data:,%FF%FE");
    }

    #[test]
    fn escapes_each_byte_by_itself() {
        for byte in 0..=u8::MAX {
            let kept = byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
            let expected = if kept { format!("data:,{}", char::from(byte)) } else { format!("data:,%{byte:02X}") };
            assert_eq!(data_url(&[byte]), expected);
        }
    }

    #[test]
    fn nothing_becomes_an_empty_url() {
        assert_eq!(data_url(b""), "data:,");
    }
}
