//! Files' bytes become an ISO 9660 image that holds exactly those files.
//!
//! The image is what a machine finds on its config drive: a read-only CD with
//! a known volume id and a file or a few. It carries each name three times, so
//! that every reader finds it: in the primary tree (ECMA-119, upper case), in
//! Rock Ridge (IEEE P1282, what Linux reads) and in Joliet (what Windows and
//! many hypervisors read).
//!
//! [`image`] and [`tree`] are pure functions. They read no clock, no random source, no
//! environment and no umask: the same arguments give the same bytes on every
//! machine, so an image can be compared with, and cached by, its digest.

use hadris_fs::{Content, NoClock, Node, Owner, PathError, Permissions, SetAttr, Tree};
use hadris_iso::{IsoId, IsoLevel, IsoOptions};
use std::collections::BTreeSet;
use thiserror::Error;

/// The longest volume id: both descriptors have 32 bytes for it (ECMA-119,
/// Volume Identifier, bytes 41 to 72), and Joliet's takes two a character.
pub const VOLUME_ID_MAX: usize = 16;

/// The longest file name: the Joliet Specification allows identifiers of 128
/// bytes, two a character.
pub const NAME_MAX: usize = 64;

/// A logical block of the image, as long as a CD-ROM's sector.
const BLOCK: usize = 2048;

/// The blocks of an image beside the file's own: 16 of system area, 3 of
/// descriptors, 2 of directories, 1 of Rock Ridge continuation, 4 of path
/// tables, and [`PADDING`]. A wrong guess costs an allocation, no more.
const OVERHEAD: usize = 176;

/// Why no image was made.
#[derive(Debug, Error)]
pub enum IsoError {
    /// The volume id does not fit both volume descriptors, or has a character,
    /// such as a space, that may not come through to `/dev/disk/by-label`.
    #[error("the volume id {id:?} is not 1 to {VOLUME_ID_MAX} characters out of A-Z, a-z, 0-9, '.', '_' and '-'")]
    VolumeId {
        /// The refused volume id.
        id: String,
    },
    /// The file name would not read the same in every tree of the image.
    #[error(
        "the file name {name:?} is not 1 to {NAME_MAX} characters out of A-Z, a-z, 0-9, '.', '_' and '-' \
         that begin and end with a letter or a digit"
    )]
    Name {
        /// The refused file name.
        name: String,
    },
    /// The image writer refused; with checked names that means a file of
    /// 4 GiB or more, or no memory.
    #[error("the ISO 9660 image cannot be laid out")]
    Layout(#[source] PathError),
}

/// Writes the ISO 9660 image named `volume_id` that holds `content` as the
/// file `name` in its root directory, and nothing else.
///
/// Every date in it is 1980-01-01T00:00:00Z (`SOURCE_DATE_EPOCH` 315532800),
/// the file has mode 0444, the directory 0555, both belong to 0:0. The image
/// is 53248 bytes plus the content rounded up to whole blocks of 2048 bytes.
///
/// # Errors
///
/// [`IsoError::VolumeId`] and [`IsoError::Name`] for names outside the sets
/// given there; [`IsoError::Layout`] for a content of 4 GiB or more: files of
/// interchange level 2 have one extent (ECMA-119 2nd edition, section 10.2).
pub fn image(volume_id: &str, name: &str, content: &[u8]) -> Result<Vec<u8>, IsoError> {
    if !volume_id_fits(volume_id) {
        let id = volume_id.to_owned();
        return Err(IsoError::VolumeId { id });
    }
    if !name_fits(name) {
        let name = name.to_owned();
        return Err(IsoError::Name { name });
    }
    tree(volume_id, &[(name, content)])
}

/// The same with several files, each at a path of names with `/` between
/// them, and with the directories above them.
///
/// # Errors
///
/// See [`image`]; [`IsoError::Layout`] too for a path that is there twice, or
/// that is a file and a directory.
pub fn tree(volume_id: &str, files: &[(&str, &[u8])]) -> Result<Vec<u8>, IsoError> {
    if !volume_id_fits(volume_id) {
        let id = volume_id.to_owned();
        return Err(IsoError::VolumeId { id });
    }

    let mut tree = Tree::new();
    tree.replace("/", Node::dir().with_attrs(attributes(0o555))).map_err(IsoError::Layout)?;
    let mut directories = BTreeSet::new();
    for (path, content) in files {
        if let Some(name) = path.split('/').find(|name| !name_fits(name)) {
            let name = name.to_owned();
            return Err(IsoError::Name { name });
        }
        for directory in path.match_indices('/').filter_map(|(end, _)| path.get(..end)) {
            if directories.insert(directory) {
                tree.insert(directory, Node::dir().with_attrs(attributes(0o555))).map_err(IsoError::Layout)?;
            }
        }
        let file = Node::file(Content::bytes(*content)).with_attrs(attributes(0o444));
        tree.insert(path, file).map_err(IsoError::Layout)?;
    }

    // Level 2 keeps `CONFIG.JSON;1` whole in the primary tree, where level 1
    // would cut it to `CONFIG.JSO;1`; a reader without Rock Ridge and Joliet
    // that maps to lower case, as Linux does, then still finds `config.json`.
    let options = IsoOptions::new()
        .with_id(IsoId::Volume, volume_id)
        .with_id(IsoId::Application, "TINDERBOX")
        .with_level(IsoLevel::L2)
        .with_joliet()
        .with_rock_ridge()
        .with_time(NoClock::TIME);

    let blocks: usize = files.iter().map(|(_, content)| content.len().div_ceil(BLOCK)).sum();
    let blocks = OVERHEAD.saturating_add(blocks);
    let mut image = Vec::with_capacity(blocks.saturating_mul(BLOCK));
    hadris_iso::sync::write(&mut image, &tree, &options).map_err(IsoError::Layout)?;
    unpad(&mut image);
    Ok(image)
}

/// Takes away the blocks of zeros behind the last file, as `xorriso -no-pad` leaves them out. The library adds 150 of
/// them for drives that read ahead over the end of a burnt track; an image that a virtual machine is given needs none,
/// and would be six times as large with them. Where the image is not as expected it stays as it is.
fn unpad(image: &mut Vec<u8>) {
    let kept = image.len().saturating_sub(PADDING * BLOCK);
    let (Some(padding), Some(old), Some(new)) = (image.get(kept..), size(image.len()), size(kept)) else { return };
    let is_padded = padding.chunks(BLOCK).all(|block| ZEROS.starts_with(block))
        && VOLUME_SIZES.iter().all(|at| image.get(*at..at.saturating_add(8)) == Some(old.as_slice()));
    if is_padded {
        for at in VOLUME_SIZES {
            if let Some(field) = image.get_mut(at..at.saturating_add(8)) {
                field.copy_from_slice(&new);
            }
        }
        image.truncate(kept);
    }
}

const ZEROS: [u8; BLOCK] = [0; BLOCK];

/// The blocks of zeros that hadris-iso 3.0.0-rc.2 adds.
const PADDING: usize = 150;

/// Where the primary volume descriptor (block 16) and Joliet's (block 17) have the number of blocks: byte 80 of each
/// (ECMA-119 section 8.4.8).
const VOLUME_SIZES: [usize; 2] = [16 * BLOCK + 80, 17 * BLOCK + 80];

/// A length in bytes as a number of blocks in both byte orders (ECMA-119 section 7.3.3).
fn size(bytes: usize) -> Option<[u8; 8]> {
    let blocks = u32::try_from(bytes / BLOCK).ok()?;
    let mut field = [0; 8];
    let (little, big) = field.split_at_mut(4);
    little.copy_from_slice(&blocks.to_le_bytes());
    big.copy_from_slice(&blocks.to_be_bytes());
    Some(field)
}

/// The attributes of a read-only node of root's. The times stay unset, so
/// that the image's one date fills them in.
fn attributes(mode: u32) -> SetAttr {
    SetAttr::new().with_permissions(Permissions::new(mode)).with_owner(Owner::new(0, 0))
}

/// Whether `id` is stored unchanged in both descriptors. Lower case and `-`
/// are outside ECMA-119's d-characters, yet `config-2` and `cidata` are what
/// readers of config drives look for, and all of them accept it.
fn volume_id_fits(id: &str) -> bool {
    (1..=VOLUME_ID_MAX).contains(&id.len()) && id.bytes().all(portable)
}

/// Whether `name` reads the same through Rock Ridge and Joliet. A dot at an
/// end is refused because Windows drops a trailing one and a leading one hides
/// the file; other marks at an end because a shell may take them for options.
fn name_fits(name: &str) -> bool {
    let ends = [name.bytes().next(), name.bytes().next_back()];
    name.len() <= NAME_MAX
        && name.bytes().all(portable)
        && ends.iter().all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
}

/// POSIX's portable filename character set (IEEE Std 1003.1, definitions).
fn portable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}
