//! A compressed RAM disk -> the one file in it by its path.
//!
//! The other way of [`crate::cpio`], read by the format alone (Linux,
//! Documentation/driver-api/early-userspace/buffer-format.rst).

use flate2::read::GzDecoder;
use std::io::Read;

/// The most bytes that it may become.
const MOST: u64 = 1 << 30;
/// Magic and thirteen fields of eight digits.
const HEADER: usize = 110;

/// The content of the first regular file at one of `paths`; `None` if it has none, or is no archive.
pub(super) fn file(compressed: &[u8], paths: &[&str]) -> Option<Vec<u8>> {
    let mut archive = Vec::new();
    GzDecoder::new(compressed).take(MOST).read_to_end(&mut archive).ok()?;
    let mut at = 0_usize;
    loop {
        let header = archive.get(at..at.checked_add(HEADER)?)?;
        if !header.starts_with(b"070701") {
            return None;
        }
        let (mode, size, name) = (field(header, 1)?, field(header, 6)?, field(header, 11)?);
        let name_at = at.checked_add(HEADER)?;
        let name_end = name_at.checked_add(name)?;
        let content_at = padded(name_end)?;
        let content_end = content_at.checked_add(size)?;
        let (name, content) = (archive.get(name_at..name_end)?, archive.get(content_at..content_end)?);
        let name = std::str::from_utf8(name.strip_suffix(b"\0")?).ok()?;
        if name == "TRAILER!!!" {
            return None;
        }
        if paths.contains(&name) && mode & 0o170_000 == 0o100_000 {
            return Some(content.to_owned());
        }
        at = padded(content_end)?;
    }
}

/// A field by its number, counted from 0.
fn field(header: &[u8], number: usize) -> Option<usize> {
    let at = 6_usize.checked_add(number.checked_mul(8)?)?;
    let digits = std::str::from_utf8(header.get(at..at.checked_add(8)?)?).ok()?;
    usize::from_str_radix(digits, 16).ok()
}

fn padded(at: usize) -> Option<usize> {
    at.checked_next_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpio::{File, compressed};

    #[test]
    fn reads_back_what_is_written_and_nothing_else() {
        let one = File { path: "usr/share/oem/config.ign", mode: 0o600, content: b"{\"a\": 1}" };
        let other = File { path: "b", mode: 0o644, content: b"" };
        let made = compressed(&[other, one]).unwrap();
        assert_eq!(file(&made, &["config.ign", one.path]).as_deref(), Some(one.content));
        assert_eq!(file(&made, &["usr", "c"]), None);
        for end in 0..made.len() {
            assert_ne!(file(made.get(..end).unwrap(), &["c"]), Some(Vec::new()));
        }
    }
}
