//! Rules for live systems that install a node.

use super::super::facts::Facts;
use super::Findings;

pub fn disk(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let Some(disk) = &node.spec.install.disk else { continue };
        if let Some(problem) = disk_problem(disk) {
            findings.error(
                node.option("install.disk"),
                format!("{disk:?} {problem}"),
                "name a whole disk, such as /dev/sda or one of /dev/disk/by-id; `lsblk` lists them",
            );
        }
    }
}

/// matchbox#349: a machine that boots from the network first is installed again after each installation.
pub fn loops(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let install = &node.spec.install;
        if install.disk.is_some() && install.overwrite && install.reboot {
            findings.warning(
                node.option("install.overwrite"),
                "the machine overwrites what is on its disk and reboots; if it boots from the network or a CD first, it \
                 never ends",
                "set install.reboot = false, or let the machine boot from its disk first, and back to `overwrite = false` \
                 after that",
            );
        }
    }
}

fn disk_problem(disk: &str) -> Option<&'static str> {
    let Some(name) = disk.strip_prefix("/dev/") else { return Some("is no path in /dev") };
    // What stands in an EnvironmentFile, a unit and a command as it is. by-path has colons and plus signs.
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:+/".contains(c)) {
        return Some("has characters that names of disks do not have");
    }
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Some("is no clean path");
    }
    let of_a_file_system = ["disk/by-label/", "disk/by-uuid/", "disk/by-partlabel/", "disk/by-partuuid/"];
    if of_a_file_system.iter().any(|dir| name.starts_with(dir)) {
        return Some("names a partition by what is on it now");
    }
    is_partition(name).then_some("is a partition")
}

/// The kernel's names (Documentation/admin-guide/devices.txt; block/partitions/core.c puts a `p` behind a digit), and
/// udev's links.
fn is_partition(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() == name.len() {
        return false;
    }
    let letters = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_lowercase()))
    };
    let digit_p = stem.strip_suffix('p').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
    let has_p = ["nvme", "mmcblk", "md", "nbd", "loop"].iter().any(|prefix| name.starts_with(prefix)) && digit_p;
    ["sd", "vd", "xvd", "hd"].iter().any(|prefix| letters(prefix)) || has_p || stem.ends_with("-part")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_whole_and_named_plainly() {
        for good in [
            "/dev/sda",
            "/dev/sdaa",
            "/dev/vda",
            "/dev/nvme0n1",
            "/dev/mmcblk0",
            "/dev/md0",
            "/dev/disk/by-id/ata-WDC_1",
            "/dev/disk/by-path/pci-0000:00:1f.2-ata-1",
            "/dev/mapper/mpatha",
            "/dev/loop0",
        ] {
            assert_eq!(disk_problem(good), None, "{good}");
        }
        for bad in [
            "",
            "sda",
            "/dev",
            "/dev/",
            "/dev/sda1",
            "/dev/xvda2",
            "/dev/nvme0n1p1",
            "/dev/mmcblk0p12",
            "/dev/md0p1",
            "/dev/disk/by-id/ata-WDC_1-part2",
            "/dev/disk/by-label/ROOT",
            "/dev/../etc/passwd",
            "/dev//sda",
            "/dev/s da",
            "/dev/sda;reboot",
            "/dev/$DISK",
            "/dev/sda\n",
            "/dev/sd%a",
            "/dev/\"sda\"",
        ] {
            assert!(disk_problem(bad).is_some(), "{bad:?}");
        }
    }
}
