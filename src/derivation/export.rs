//! Files with their store paths and references -> the stream that `nix-store --import` takes.
//!
//! Nix calls it the Nix Export format (the manual's "Nix Export Format", `exportPath` in `src/libstore/export-import.cc`):
//! for each path the number 1, the file as a Nix Archive ("Nix Archive (NAR) format"), a magic number, the path, the
//! paths it refers to, the derivation it was built from, and a 0 for what was a signature once; after the last one a 0.
//! Numbers have 64 bits, the lowest byte first; texts have their length before them and zeros behind, up to a multiple
//! of 8 bytes.

use std::io::{self, Write};

/// `exportMagic` in `export-import.cc`.
const MAGIC: u64 = 0x4558_494e;

/// A stream that is being written, file by file. A file comes after those it refers to, or they are in the store.
#[derive(Debug)]
pub struct Export<W>(W);

impl<W: Write> Export<W> {
    /// Begins the stream.
    pub fn new(to: W) -> Self {
        Self(to)
    }

    /// Writes a file that is not executable.
    ///
    /// # Errors
    /// When the stream cannot be written.
    pub fn file(&mut self, path: &str, content: &[u8], references: &[String]) -> io::Result<()> {
        self.number(1)?;
        for word in ["nix-archive-1", "(", "type", "regular", "contents"] {
            self.text(word.as_bytes())?;
        }
        self.text(content)?;
        self.text(b")")?;
        self.number(MAGIC)?;
        self.text(path.as_bytes())?;
        self.number(references.len() as u64)?;
        references.iter().try_for_each(|reference| self.text(reference.as_bytes()))?;
        // Nothing built it.
        self.text(b"")?;
        self.number(0)
    }

    /// Ends the stream. One that is not ended is refused by `nix-store --import`.
    ///
    /// # Errors
    /// When the stream cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.number(0)?;
        self.0.flush()
    }

    fn number(&mut self, number: u64) -> io::Result<()> {
        self.0.write_all(&number.to_le_bytes())
    }

    fn text(&mut self, text: &[u8]) -> io::Result<()> {
        self.number(text.len() as u64)?;
        self.0.write_all(text)?;
        let padding = text.len().next_multiple_of(8) - text.len();
        self.0.write_all([0; 8].get(..padding).unwrap_or_default())
    }
}
