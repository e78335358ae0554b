//! Lines from several threads, in any order -> SHA256SUMS in the order of the nodes.

use super::{BuildError, doing, lock};
use std::collections::BTreeMap;
use std::fs::{File, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The name of the file; `sha256sum -c` reads it.
pub const SUMS: &str = "SHA256SUMS";

/// SHA256SUMS while it grows.
pub struct Sums {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    out: BufWriter<File>,
    /// The part that is written next.
    next: usize,
    /// Parts that came before their turn: a few, as nodes are begun in order.
    early: BTreeMap<usize, String>,
}

impl Sums {
    /// An empty SHA256SUMS in `root`.
    pub fn create(root: &Path) -> Result<Self, BuildError> {
        let path = root.join(SUMS);
        let file = File::create_new(&path).map_err(doing("writing", &path))?;
        file.set_permissions(Permissions::from_mode(0o644)).map_err(doing("writing", &path))?;
        let state = State { out: BufWriter::new(file), next: 0, early: BTreeMap::new() };
        Ok(Self { path, state: Mutex::new(state) })
    }

    /// Adds part `number`, counted from 0; each number comes once.
    pub fn put(&self, number: usize, lines: String) -> Result<(), BuildError> {
        let mut state = lock(&self.state);
        state.early.insert(number, lines);
        loop {
            let next = state.next;
            let Some(lines) = state.early.remove(&next) else { return Ok(()) };
            state.out.write_all(lines.as_bytes()).map_err(doing("writing", &self.path))?;
            state.next += 1;
        }
    }

    /// Writes what is still held back by buffers.
    pub fn finish(&self) -> Result<(), BuildError> {
        lock(&self.state).out.flush().map_err(doing("writing", &self.path))
    }
}
