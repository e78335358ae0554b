//! A file -> how a readable config refers to its content: in the text itself, or in a file beside it.

use crate::machine::{File, Machine};

/// The files that the config refers to with `local:`: where each lies below the files directory, and the file.
pub fn files(machine: &Machine) -> impl Iterator<Item = (&str, &File)> {
    machine.files.iter().filter(|file| inline(file).is_none()).map(|file| (path(file), file))
}

/// Key and value of `contents`.
pub fn contents(file: &File) -> (&'static str, &str) {
    match inline(file) {
        Some(text) => ("inline", text),
        None => ("local", path(file)),
    }
}

/// The path on the node, below the files directory, so that no two files can meet there.
fn path(file: &File) -> &str {
    file.path.trim_start_matches('/')
}

/// The content of a file that is short enough to stand in the config itself.
fn inline(file: &File) -> Option<&str> {
    let text = std::str::from_utf8(&file.content).ok()?;
    let short = text.len() <= 80 && !text.contains(char::is_control) && !file.secret;
    short.then_some(text)
}
