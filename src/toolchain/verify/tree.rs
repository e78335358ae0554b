//! A directory that somebody gave -> its regular files, none of which leads out of it.

use rustix::fs::OFlags;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

/// The deepest that is looked: media have a handful of levels.
const DEPTH: usize = 64;
/// The most bytes of a file: media of 1 GiB do not exist.
const MOST: u64 = 1 << 30;

/// What is in a directory.
pub(super) struct Tree {
    root: PathBuf,
    /// Regular files, relative to the root.
    pub(super) files: BTreeSet<PathBuf>,
    /// Everything else that is no directory: links, pipes, devices, and what is too deep.
    pub(super) odd: BTreeSet<PathBuf>,
}

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum Refused {
    /// It is no regular file, or too large.
    Odd,
    /// What the operating system said.
    Io(io::Error),
}

impl Tree {
    /// Looks at what is in `root`, which may itself be a link.
    pub(super) fn read_in(root: &Path) -> io::Result<Self> {
        let mut tree = Self { root: root.to_owned(), files: BTreeSet::new(), odd: BTreeSet::new() };
        tree.list(Path::new(""), 0)?;
        Ok(tree)
    }

    fn list(&mut self, at: &Path, depth: usize) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join(at))? {
            let entry = entry?;
            let (path, kind) = (at.join(entry.file_name()), entry.file_type()?);
            if kind.is_dir() && depth < DEPTH {
                self.list(&path, depth + 1)?;
            } else if kind.is_file() {
                self.files.insert(path);
            } else {
                self.odd.insert(path);
            }
        }
        Ok(())
    }

    /// The directories that hold the media of a node: those with one of the files that every build makes for it.
    pub(super) fn nodes(&self) -> Vec<String> {
        let name = |path: &PathBuf| {
            let mut parts = path.components();
            let (Some(Component::Normal(node)), Some(Component::Normal(_))) = (parts.next(), parts.next()) else {
                return None;
            };
            // What is odd about a name that is no text is told with the sums.
            node.to_str().map(str::to_owned)
        };
        let names: BTreeSet<_> = self.files.iter().filter_map(name).collect();
        names.into_iter().collect()
    }

    /// The content of a file that was there when the tree was looked at.
    pub(super) fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Refused> {
        if !self.files.contains(path) {
            return Ok(None);
        }
        // Should it have become a link or a pipe since: neither followed nor waited for.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        let flags = i32::try_from(flags).map_err(|error| Refused::Io(io::Error::other(error)))?;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(self.root.join(path));
        let file = file.map_err(|error| Refused::Io(named(path, &error)))?;
        let meta = file.metadata().map_err(|error| Refused::Io(named(path, &error)))?;
        if !meta.is_file() || meta.len() > MOST {
            return Err(Refused::Odd);
        }
        let mut content = Vec::new();
        file.take(MOST).read_to_end(&mut content).map_err(|error| Refused::Io(named(path, &error)))?;
        Ok(Some(content))
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
