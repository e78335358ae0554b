//! Files become a cpio archive, as Linux unpacks it into the initial RAM disk.
//!
//! The format is "newc" (Linux, Documentation/driver-api/early-userspace/buffer-format.rst): a header of hexadecimal
//! digits, the path with a NUL, the content, each padded to four bytes. The kernel unpacks several archives one after
//! another, so one of these is appended to the RAM disk of an operating system.
//!
//! Pure functions: the same arguments give the same bytes. Inodes are counted, every date is 0, everything is root's.

use flate2::{Compression, GzBuilder};
use std::collections::BTreeSet;
use std::io::Write;
use thiserror::Error;

/// A regular file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Relative to the root of the RAM disk, such as `usr/share/oem/config.ign`.
    pub path: &'a str,
    /// Permissions.
    pub mode: u32,
    /// Content.
    pub content: &'a [u8],
}

/// Why no archive was made.
#[derive(Debug, Error)]
pub enum CpioError {
    /// The kernel would unpack it to another place, or not at all.
    #[error("{path:?} is no clean relative path, or is there twice")]
    Path {
        /// The refused path.
        path: String,
    },
    /// Sizes have eight hexadecimal digits.
    #[error("{path} has 4 GiB or more")]
    Size {
        /// The path of the file.
        path: String,
    },
    /// Writing to memory cannot fail; what flate2 would say if it did.
    #[error("the archive cannot be compressed")]
    Compression(#[from] std::io::Error),
}

const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;

/// The archive of `files`, with the directories above each before it.
///
/// Directories have mode 0755: the kernel gives one that is there already the mode of the archive (init/initramfs.c,
/// `do_name`), and 0755 is what `usr` and those below have.
///
/// # Errors
/// [`CpioError::Path`] for paths that are not relative and clean, or are there twice; [`CpioError::Size`] for 4 GiB.
pub fn archive(files: &[File]) -> Result<Vec<u8>, CpioError> {
    let length: usize = files.iter().map(|file| file.content.len()).sum();
    let mut archive = Archive { out: Vec::with_capacity(length.saturating_add(2048)), inode: 0 };
    let (mut directories, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for file in files {
        let refused = || CpioError::Path { path: file.path.to_owned() };
        let above = file.path.match_indices('/').filter_map(|(end, _)| file.path.get(..end));
        if !is_clean(file.path) || directories.contains(file.path) || !seen.insert(file.path) {
            return Err(refused());
        }
        for directory in above {
            if seen.contains(directory) {
                return Err(refused());
            }
            if directories.insert(directory) {
                archive.entry(directory, DIRECTORY | 0o755, 2, &[])?;
            }
        }
        archive.entry(file.path, REGULAR | file.mode & 0o7777, 1, file.content)?;
    }
    archive.inode = 0;
    archive.write("TRAILER!!!", 0, 0, 1, &[])?;
    Ok(archive.out)
}

/// [`archive`], compressed as by `gzip -n`: without a name and a date.
///
/// # Errors
/// See [`archive`].
pub fn compressed(files: &[File]) -> Result<Vec<u8>, CpioError> {
    let archive = archive(files)?;
    // 255 is an unknown operating system (RFC 1952, section 2.3.1), whichever it was written on.
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    gzip.write_all(&archive)?;
    Ok(gzip.finish()?)
}

/// Whether it is made of names alone, none of which leads back or is empty. The kernel knows names of 4096 bytes at
/// most with their NUL (PATH_MAX).
fn is_clean(path: &str) -> bool {
    let is_name = |name: &str| !matches!(name, "" | "." | "..") && !name.contains(char::is_control);
    path.len() < 4096 && path.split('/').all(is_name) && path != "TRAILER!!!"
}

struct Archive {
    out: Vec<u8>,
    inode: u32,
}

impl Archive {
    fn entry(&mut self, path: &str, mode: u32, links: u32, content: &[u8]) -> Result<(), CpioError> {
        self.inode = self.inode.saturating_add(1);
        self.write(path, self.inode, mode, links, content)
    }

    fn write(&mut self, path: &str, inode: u32, mode: u32, links: u32, content: &[u8]) -> Result<(), CpioError> {
        let number = |length: usize| u32::try_from(length).map_err(|_| CpioError::Size { path: path.to_owned() });
        let (size, name) = (number(content.len())?, number(path.len().saturating_add(1))?);
        // Magic; inode, mode, owner, group, links, date, size, two device numbers twice, length of the name, checksum.
        self.out.extend(b"070701");
        for field in [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name, 0] {
            self.out.extend(format!("{field:08x}").bytes());
        }
        self.out.extend(path.bytes());
        self.out.push(0);
        self.pad();
        self.out.extend(content);
        self.pad();
        Ok(())
    }

    fn pad(&mut self) {
        self.out.resize(self.out.len().next_multiple_of(4), 0);
    }
}
