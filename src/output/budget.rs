//! A node's config and the ways it takes to the node -> which file goes which way, and what is too large for its way.

use super::artefacts;
use crate::cluster::{Cluster, MediaTarget};
use crate::encode;
use crate::report::{Diagnostic, OptionPath, Report};

/// What a target gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gets {
    /// `config.iso`.
    Iso,
    /// `oem.cpio.gz`.
    Oem,
    /// `config-drive.iso`.
    Drive,
    /// User data: `stub.json` with a URL, else `config.json`.
    UserData,
}

/// A way in which a node gets its config.
#[derive(Debug)]
pub struct Row {
    /// Its word in `cluster.media.targets`.
    pub target: MediaTarget,
    /// Its name in messages.
    pub name: &'static str,
    /// What it gets.
    pub gets: Gets,
    /// The most bytes that may be, if there is a limit.
    pub limit: Option<usize>,
    /// Whether the limit is for what base64 makes of them.
    pub base64: bool,
    /// Who says so.
    pub source: &'static str,
}

const fn row(target: MediaTarget, name: &'static str, gets: Gets, limit: Option<usize>, source: &'static str) -> Row {
    Row { target, name, gets, limit, base64: false, source }
}

/// Every target.
pub const TARGETS: [Row; 8] = [
    row(MediaTarget::Iso, "a config ISO", Gets::Iso, None, "none is known"),
    row(MediaTarget::Oem, "a RAM disk", Gets::Oem, None, "the machine's memory"),
    row(MediaTarget::ConfigDrive, "a config drive", Gets::Drive, Some(64 << 20), "Ironic, install/configdrive"),
    row(
        MediaTarget::Ec2,
        "EC2's user data",
        Gets::UserData,
        Some(16 << 10),
        "EC2 User Guide, instancedata-add-user-data",
    ),
    row(MediaTarget::Hetzner, "Hetzner's user data", Gets::UserData, Some(32 << 10), "Hetzner Cloud API, servers"),
    Row {
        target: MediaTarget::OpenStack,
        name: "OpenStack's user data",
        gets: Gets::UserData,
        limit: Some(65_535),
        base64: true,
        source: "nova, user/user-data",
    },
    row(MediaTarget::Azure, "Azure's custom data", Gets::UserData, Some(65_535), "Compute API, osProfile.customData"),
    row(MediaTarget::Gce, "Compute Engine's metadata", Gets::UserData, Some(256 << 10), "Compute API, metadata.items"),
];

/// How well a size is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Known {
    /// It is what is written.
    Exactly,
    /// Words stand in place of keys, which are longer.
    WithoutKeys,
}

/// Whether a target of the cluster has a limit, so that sizes are worth knowing.
pub fn has_limits(cluster: &Cluster) -> bool {
    rows(cluster).any(|row| row.limit.is_some())
}

/// Whether a target of the cluster gets `what`.
pub fn wants(cluster: &Cluster, what: Gets) -> bool {
    rows(cluster).any(|row| row.gets == what)
}

fn rows(cluster: &Cluster) -> impl Iterator<Item = &'static Row> {
    TARGETS.iter().filter(|row| cluster.media.targets.contains(&row.target))
}

/// A problem for each target that the config of `node` is too large for.
pub fn check(cluster: &Cluster, node: &str, json: &[u8], known: Known) -> Report {
    let mut report = Report::default();
    for row in rows(cluster) {
        let Some(limit) = row.limit else { continue };
        let stub =
            artefacts::url(cluster, node).map(|url| encode::stub::stub(super::target(cluster.platform), &url, json));
        let (file, length, has_stub) = match (row.gets, stub) {
            (Gets::UserData, Some(stub)) => ("stub.json", stub.len(), true),
            (Gets::UserData, None) => ("config.json", json.len(), false),
            // An image is its content and a few blocks.
            _ => ("config-drive.iso", json.len().saturating_add(64 << 10), false),
        };
        let counted = if row.base64 { length.div_ceil(3).saturating_mul(4) } else { length };
        if counted <= limit {
            continue;
        }
        let about = if known == Known::WithoutKeys && !has_stub { "about " } else { "" };
        let keys = if about.is_empty() { "" } else { " and its keys" };
        let encoded = if row.base64 { format!(", {counted} in base64") } else { String::new() };
        let message = format!(
            "{file} of node {node} has {about}{length} bytes{keys}{encoded}; {} has {limit} at most ({})",
            row.name, row.source
        );
        let help = match (row.gets, has_stub) {
            (Gets::UserData, true) => "shorten cluster.media.url",
            (Gets::UserData, false) => {
                "set cluster.media.url to where nodes can fetch their configs: then a stub.json of a few lines goes \
                 there; or choose another target, such as `config-drive`"
            }
            _ => "take large files out of the config and let nodes fetch them, or choose another target",
        };
        report.push(Diagnostic::error("media-size", OptionPath::of("cluster.media.targets"), message).help(help));
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(target: &str, url: Option<&str>, length: usize) -> bool {
        let mut description: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/cases/media.json")).unwrap();
        description["cluster"]["media"] = serde_json::json!({ "targets": [target], "url": url });
        let cluster = crate::cluster::read(description.to_string().as_bytes()).0.unwrap();
        let report = check(&cluster, "rescue", &vec![b' '; length], Known::Exactly);
        assert!(report.diagnostics().iter().all(|problem| problem.path.as_str() == "cluster.media.targets"));
        report.has_errors()
    }

    #[test]
    fn each_target_takes_what_its_limit_allows_and_no_byte_more() {
        // 49149 bytes become 65532 in base64, one more becomes 65536.
        let limits = [("ec2", 16384), ("hetzner", 32768), ("openstack", 49149), ("azure", 65535), ("gce", 262_144)];
        for (target, limit) in limits {
            assert!(!refused(target, None, limit), "{target}");
            assert!(refused(target, None, limit + 1), "{target}");
            assert!(!refused(target, Some("https://boot.example.com"), limit + 1), "{target}");
        }
        for target in ["iso", "oem", "config-drive"] {
            assert!(!refused(target, None, 1 << 20), "{target}");
        }
        assert!(refused("config-drive", Some("https://boot.example.com"), 64 << 20));
    }
}
