//! SHA256SUMS and the tree it is in -> every file that is not as it says.

use super::tree::Refused;
use super::{Look, Verdict};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

const SUMS: &str = "SHA256SUMS";
/// Who looks: this program itself.
const TOOL: &str = "tinderbox";

pub(super) fn look(look: &mut Look<'_>) -> io::Result<()> {
    let text = match look.tree.read(Path::new(SUMS)) {
        Ok(Some(text)) => String::from_utf8(text).unwrap_or_default(),
        Ok(None) | Err(Refused::Odd) => String::new(),
        Err(Refused::Io(error)) => return Err(error),
    };
    if text.is_empty() {
        look.tell(TOOL, SUMS, Verdict::Bad("it is not there, or not a text".to_owned()));
        return Ok(());
    }
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    let known: BTreeMap<PathBuf, &str> = lines.map(|(sum, path)| (PathBuf::from(path), sum)).collect();
    let mut bad = Vec::new();
    for (path, sum) in &known {
        // A path that leads out of the tree is none of its files.
        match look.tree.read(path) {
            Ok(Some(content)) if hex(&content) == *sum => {}
            Ok(Some(_)) => bad.push((path, "was changed since it was made")),
            Ok(None) => bad.push((path, "is not there as a file")),
            Err(Refused::Odd) => bad.push((path, "is not a file that can be read")),
            Err(Refused::Io(error)) => return Err(error),
        }
    }
    let unknown = look.tree.files.iter().filter(|path| path.as_path() != Path::new(SUMS) && !known.contains_key(*path));
    bad.extend(unknown.map(|path| (path, "is not in SHA256SUMS")));
    bad.extend(look.tree.odd.iter().map(|path| (path, "is neither a file nor a directory")));
    if bad.is_empty() {
        look.tell(TOOL, SUMS, Verdict::Good);
    }
    for (path, why) in bad {
        look.tell(TOOL, &path.display().to_string(), Verdict::Bad(why.to_owned()));
    }
    Ok(())
}

fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
