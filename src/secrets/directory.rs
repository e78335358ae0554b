//! A directory of keys, for its owner alone -> files that are written as a whole or not at all, whatever the umask and
//! whatever links lie in the way.

use rustix::fs::{FlockOperation, flock};
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// What unfinished files are called; those of a run that was killed are removed by the next.
const UNFINISHED: &str = ".unfinished-";

/// A directory that nobody else writes to as long as this is there.
pub struct Directory {
    path: PathBuf,
    /// Holds the lock.
    _lock: File,
}

impl Directory {
    /// Makes the directory if need be, takes it, and removes what a killed run has left.
    pub fn take(path: &Path) -> io::Result<Self> {
        if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink()) && !path.exists() {
            return Err(io::Error::other("is a link that leads nowhere; remove it, or make what it leads to"));
        }
        if !path.is_dir() {
            make_private(path)?;
        }
        let lock = File::open(path)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| io::Error::other("another `tinderbox keys` is at work there; wait for it"))?;
        remove_unfinished(path)?;
        // Where the files of nodes are; what else lies in the directory is none of ours.
        for node in subdirectories(&path.join("nodes"))? {
            remove_unfinished(&node)?;
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Whether others than its owner can look into it.
    pub fn is_open(path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
    }

    /// Whether it is what a build has made.
    pub fn is_media(path: &Path) -> bool {
        path.join(".tinderbox").exists() && path.join("SHA256SUMS").exists()
    }

    /// Writes a file that is not there yet; one that is there is left alone.
    pub fn write_new(&self, name: &str, content: &[u8], mode: u32) -> io::Result<()> {
        let (file, place) = self.unfinished(name, content, mode)?;
        file.persist_noclobber(&place).map_err(|error| error.error)?;
        Ok(())
    }

    /// Writes a file in the place of the one that may be there: at any time there is the old one or the new one. A link
    /// in its place is replaced, not followed.
    pub fn replace(&self, name: &str, content: &[u8], mode: u32) -> io::Result<()> {
        let (file, place) = self.unfinished(name, content, mode)?;
        file.persist(&place).map_err(|error| error.error)?;
        Ok(())
    }

    fn unfinished(&self, name: &str, content: &[u8], mode: u32) -> io::Result<(NamedTempFile, PathBuf)> {
        let place = self.path.join(name);
        let dir = place.parent().unwrap_or(&self.path);
        self.make_below(dir)?;
        // A temporary file starts with mode 0600.
        let mut file = Builder::new().prefix(UNFINISHED).tempfile_in(dir)?;
        file.write_all(content)?;
        file.as_file().set_permissions(Permissions::from_mode(mode))?;
        file.as_file().sync_all()?;
        Ok((file, place))
    }

    /// Makes the directories between this one and `dir`. None of them is a link, which could lead to a place that
    /// others can read.
    fn make_below(&self, dir: &Path) -> io::Result<()> {
        if dir == self.path {
            return Ok(());
        }
        if let Some(parent) = dir.parent() {
            self.make_below(parent)?;
        }
        match fs::symlink_metadata(dir) {
            Ok(meta) if meta.is_dir() => {
                if meta.permissions().mode() & 0o077 != 0 {
                    fs::set_permissions(dir, Permissions::from_mode(0o700))?;
                }
                Ok(())
            }
            Ok(_) => Err(io::Error::new(ErrorKind::NotADirectory, format!("{} is no directory", dir.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound => make_private(dir),
            Err(error) => Err(error),
        }
    }
}

/// Makes a directory, and what is missing above it, for its owner alone.
fn make_private(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    fs::set_permissions(dir, Permissions::from_mode(0o700))
}

fn remove_unfinished(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_file() && entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The directories in `dir`, links to some not among them; none where there is no such directory.
fn subdirectories(dir: &Path) -> io::Result<Vec<PathBuf>> {
    if !fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_dir()) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}
