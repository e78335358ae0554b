//! The place of the tree: is it free or ours, and how does a finished tree get there at once.

use super::media::hex;
use super::sums::SUMS;
use super::{BuildError, doing};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The file that says who made a tree.
pub const MARKER: &str = ".tinderbox";
/// Its content.
pub const MARKER_TEXT: &str = "Made by tinderbox, and replaced as a whole by its next build.\n";

/// Checks that `dir` is free, or holds a tree of ours just as we left it.
///
/// # Errors
/// [`BuildError::Taken`] with what is there.
pub fn check(dir: &Path) -> Result<(), BuildError> {
    let taken = |reason: String| Err(BuildError::Taken { dir: dir.to_owned(), reason });
    match fs::symlink_metadata(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(doing("looking at", dir)(error)),
        Ok(_) if !dir.is_dir() => return taken("is there and is not a directory; choose another one".to_owned()),
        Ok(_) => {}
    }
    let mut found = Vec::new();
    list(dir, dir, &mut found)?;
    if found.is_empty() {
        return Ok(());
    }
    let marker = fs::read(dir.join(MARKER)).unwrap_or_default();
    let sums = fs::read_to_string(dir.join(SUMS)).unwrap_or_default();
    if marker != MARKER_TEXT.as_bytes() || sums.is_empty() {
        return taken("is not empty, and tinderbox did not make it; choose another directory".to_owned());
    }
    let known: BTreeMap<&str, &str> =
        sums.lines().filter_map(|line| line.split_once("  ").map(|(sum, path)| (path, sum))).collect();
    for path in found.iter().filter(|path| path.as_path() != Path::new(SUMS)) {
        let full = dir.join(path);
        let sum = path.to_str().and_then(|path| known.get(path));
        let what = match sum {
            None => "is not a file that tinderbox made",
            Some(_) if !fs::symlink_metadata(&full).map_err(doing("looking at", &full))?.is_file() => {
                "is no longer a file"
            }
            Some(sum) if hex(&fs::read(&full).map_err(doing("reading", &full))?) != **sum => {
                "was changed since tinderbox made it"
            }
            Some(_) => continue,
        };
        return taken(format!("{} in it {what}; move it away, or choose another directory", path.display()));
    }
    Ok(())
}

/// Everything below `dir` that is not a directory, relative to `root`.
fn list(root: &Path, dir: &Path, found: &mut Vec<PathBuf>) -> Result<(), BuildError> {
    for entry in fs::read_dir(dir).map_err(doing("reading", dir))? {
        let entry = entry.map_err(doing("reading", dir))?;
        let path = entry.path();
        if entry.file_type().map_err(doing("looking at", &path))?.is_dir() {
            list(root, &path, found)?;
        } else {
            found.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
        }
    }
    Ok(())
}

/// A directory beside `dir`, on the same file system, that goes away again unless it is published.
pub fn stage(dir: &Path) -> Result<TempDir, BuildError> {
    let target = real(dir)?;
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::create_dir_all(&parent).map_err(doing("making", &parent))?;
    let staging = tempfile::Builder::new()
        .prefix(".tinderbox-")
        .tempdir_in(&parent)
        .map_err(doing("making a directory in", &parent))?;
    set_mode(staging.path())?;
    Ok(staging)
}

/// Moves a finished tree to its place; one that was there is taken away after.
pub fn publish(staging: TempDir, dir: &Path) -> Result<(), BuildError> {
    let target = real(dir)?;
    if fs::symlink_metadata(&target).is_ok() {
        let old = staging.path().with_extension("old");
        let exchanged = renameat_with(CWD, staging.path(), CWD, &target, RenameFlags::EXCHANGE);
        if exchanged.is_ok() {
            // The staging directory now holds the old tree, and goes away with it.
            return staging.close().map_err(doing("removing what was in", &target));
        }
        // File systems without exchange, such as overlays: the old tree steps aside first.
        fs::rename(&target, &old).map_err(doing("moving away", &target))?;
        if let Err(error) = fs::rename(staging.path(), &target) {
            let _ = fs::rename(&old, &target);
            return Err(doing("moving the tree to", &target)(error));
        }
        let _ = staging.keep();
        return fs::remove_dir_all(&old).map_err(doing("removing", &old));
    }
    fs::rename(staging.path(), &target).map_err(doing("moving the tree to", &target))?;
    let _ = staging.keep();
    Ok(())
}

/// Where a link leads: the tree replaces what it points to, not the link.
fn real(dir: &Path) -> Result<PathBuf, BuildError> {
    match fs::symlink_metadata(dir) {
        Ok(_) => fs::canonicalize(dir).map_err(doing("following", dir)),
        Err(_) => Ok(dir.to_owned()),
    }
}

/// Makes a directory, 0755 whatever the umask, unless it is there.
pub fn make_directory(dir: &Path) -> Result<(), BuildError> {
    match fs::create_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(doing("making", dir)(error)),
        Ok(()) => set_mode(dir),
    }
}

fn set_mode(dir: &Path) -> Result<(), BuildError> {
    fs::set_permissions(dir, Permissions::from_mode(0o755)).map_err(doing("changing the mode of", dir))
}
