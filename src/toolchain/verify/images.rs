//! A node's images and RAM disks -> whether each holds the config it was made for, to the byte.

use super::{Look, Scratch, Verdict, archive};
use std::io;
use std::path::Path;

/// Image, the config's path in it, and whether that is the installer's.
const IMAGES: [(&str, &str, bool); 3] = [
    ("config.iso", "config.json", false),
    ("config-drive.iso", "openstack/latest/user_data", false),
    ("install.iso", "config.json", true),
];
/// The same of RAM disks.
const ARCHIVES: [(&str, bool); 2] = [("oem.cpio.gz", false), ("install.cpio.gz", true)];
/// Where RAM disks have the config (output/artefacts.rs).
const IN_ARCHIVE: [&str; 2] = ["usr/share/oem/config.ign", "config.ign"];

pub(super) fn look(look: &mut Look<'_>, config: Option<&[u8]>, install: Option<&[u8]>) -> io::Result<()> {
    for (name, path, is_installer) in IMAGES {
        let Some(image) = look.read(name)? else { continue };
        let json = if is_installer { install } else { config };
        look.by("xorriso", name, |program, scratch| match json {
            Some(json) => extracted(program, scratch, &image, path, json),
            None => Ok(beside_nothing()),
        })?;
    }
    for (name, is_installer) in ARCHIVES {
        let Some(archive) = look.read(name)? else { continue };
        let verdict = match if is_installer { install } else { config } {
            None => beside_nothing(),
            Some(json) => held(archive::file(&archive, &IN_ARCHIVE), json),
        };
        look.tell("tinderbox", name, verdict);
    }
    Ok(())
}

fn beside_nothing() -> Verdict {
    Verdict::Cannot("there is no JSON beside it to compare it with".to_owned())
}

fn held(found: Option<Vec<u8>>, json: &[u8]) -> Verdict {
    match found {
        Some(found) if found == json => Verdict::Good,
        Some(_) => Verdict::Bad("it holds another config than the JSON beside it".to_owned()),
        None => Verdict::Bad("it holds no config".to_owned()),
    }
}

/// By names that are ours: xorriso takes some for devices.
fn extracted(program: &Path, scratch: &Scratch, image: &[u8], path: &str, json: &[u8]) -> io::Result<Verdict> {
    scratch.write("image.iso", image)?;
    let path = format!("/{path}");
    let arguments =
        ["-no_rc", "-abort_on", "FAILURE", "-osirrox", "on", "-indev", "stdio:image.iso", "-extract", &path, "out"];
    let said = scratch.run(program, &arguments, b"")?;
    if said.success.is_none() {
        return Ok(said.verdict());
    }
    Ok(held(scratch.read("out")?, json))
}
