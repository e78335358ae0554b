//! File contents -> the shortest of three `data:` URLs, as butane chooses it (base/util/url.go, MakeDataURL).
//!
//! butane compresses with Go's compress/gzip at its best level. Which bytes that makes is Go's affair and no contract of
//! anybody's, so they are not copied here: the choice follows the same rule, and the bytes are those of miniz_oxide, the
//! same on every machine.

use crate::text::data_url::{base64_data_url, data_url};
use flate2::{Compression, GzBuilder};
use std::io::Write;

/// What `contents` of spec 3 says of a file's content.
#[derive(Debug, Eq, PartialEq)]
pub struct Resource {
    /// Empty or `gzip`. Empty is written too: a config that is merged into this one could set it else.
    pub compression: &'static str,
    /// The URL.
    pub source: String,
}

const GZIP: &str = "gzip";

impl Resource {
    /// The shortest URL that stands for exactly `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let (escaped, base64) = (data_url(bytes), base64_data_url(bytes));
        let plain = if base64.len() < escaped.len() { base64 } else { escaped };
        match gzip(bytes).map(|compressed| base64_data_url(&compressed)) {
            Some(compressed) if compressed.len() + GZIP.len() < plain.len() => {
                Self { compression: GZIP, source: compressed }
            }
            _ => Self { compression: "", source: plain },
        }
    }
}

/// RFC 1952, with the header that Go writes: no name, no time, an unknown operating system.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut writer = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    // Writing into a Vec cannot fail; if it did, what is not compressed is as good.
    writer.write_all(bytes).ok()?;
    writer.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_shortest() {
        assert_eq!(Resource::of(b"").source, "data:,");
        assert_eq!(Resource::of(b"a b").source, "data:,a%20b");
        assert_eq!(Resource::of(&[0xff; 6]).source, "data:;base64,////////");
        let long = Resource::of("a line of text\n".repeat(20).as_bytes());
        assert_eq!(long.compression, "gzip");
        assert!(long.source.starts_with("data:;base64,H4sIAAAAAAAC/"), "{}", long.source);
    }
}
