//! Rules for the ways in which nodes get their configs.

use super::super::facts::Facts;
use super::super::platform::IgnitionVersion;
use super::Findings;
use crate::report::OptionPath;
use crate::spec::{MediaTarget, SecretsSource};
use std::collections::BTreeSet;

/// Ways that every program on a machine can read, and whoever may look at the machine in the cloud's console.
const USER_DATA: [MediaTarget; 5] =
    [MediaTarget::Ec2, MediaTarget::Hetzner, MediaTarget::OpenStack, MediaTarget::Azure, MediaTarget::Gce];

pub fn targets(facts: &Facts, findings: &mut Findings) {
    let option = OptionPath::of("cluster.media.targets");
    let targets = &facts.spec.media.targets;
    if targets.is_empty() {
        findings.error(option.clone(), "there is none, so no node would get its config", "name one, such as `iso`");
    }
    let mut seen = BTreeSet::new();
    for (n, target) in targets.iter().enumerate().filter(|(_, target)| !seen.insert(**target)) {
        let help = "name each once";
        findings.warning(option.clone().index(n), format!("{} is there twice", word(*target)), help);
    }
}

pub fn url(facts: &Facts, findings: &mut Findings) {
    let Some(url) = &facts.spec.media.url else { return };
    let schemes = schemes(facts.spec.platform.ignition);
    if let Some(problem) = url_problem(url, schemes) {
        findings.error(
            OptionPath::of("cluster.media.url"),
            format!("{url:?} {problem}"),
            "give the URL that the directory made by `tinderbox build` is served at, such as \
             `https://boot.example.com/kubetest`; a node fetches its config from `/NODE/config.json` below it",
        );
    }
}

pub fn secrecy(facts: &Facts, findings: &mut Findings) {
    // Made at first boot, keys are on no media.
    if !holds_keys(facts) {
        return;
    }
    let media = &facts.spec.media;
    if let Some(url) = media.url.as_ref().filter(|url| url.starts_with("http://") || url.starts_with("tftp://")) {
        findings.warning(
            OptionPath::of("cluster.media.url"),
            format!(
                "{url} carries configs with private keys in the clear: the hash in a stub keeps them whole, not secret"
            ),
            "serve them by https, or where only the nodes can reach them; or take them to the nodes in another way",
        );
    }
    if media.url.is_none() {
        for (n, target) in media.targets.iter().enumerate().filter(|(_, target)| USER_DATA.contains(target)) {
            findings.warning(
                OptionPath::of("cluster.media.targets").index(n),
                format!(
                    "the user data of {} would hold private keys, and every program on a node can read it",
                    word(*target)
                ),
                "set cluster.media.url to a server that gives each node its config and nobody else, or keep pods from \
                 169.254.169.254 and people from the cloud's console",
            );
        }
    }
}

/// Whether media hold keys: the service account's or certificates', of all clusters but those that make them at boot.
fn holds_keys(facts: &Facts) -> bool {
    facts.spec.secrets.source != SecretsSource::FirstBoot && facts.nodes.iter().any(|node| node.joins())
}

/// The schemes from which Ignition fetches a config (ignition, docs/configuration-v2_3.md and configuration-v3_3.md):
/// `gs` came with spec 3.2.0. `data` and `arn` have no place for a path below them.
fn schemes(version: IgnitionVersion) -> &'static [&'static str] {
    match version {
        IgnitionVersion::V2_3_0 => &["http", "https", "s3", "tftp"],
        _ => &["http", "https", "s3", "gs", "tftp"],
    }
}

fn url_problem(url: &str, schemes: &[&str]) -> Option<String> {
    // RFC 3986, section 2: what may stand in a URL as it is.
    let is_of_a_url = |c: char| c.is_ascii_alphanumeric() || "-._~:/@!$&'()*+,;=%".contains(c);
    let Some((scheme, rest)) = url.split_once("://") else { return Some("has no scheme, such as https://".to_owned()) };
    if !schemes.contains(&scheme) {
        return Some(format!("has the scheme {scheme}; Ignition knows {} here", schemes.join(", ")));
    }
    if rest.contains(['?', '#']) {
        return Some("has a query or a fragment, behind which there can be no path".to_owned());
    }
    if let Some(c) = rest.chars().find(|c| !is_of_a_url(*c)) {
        return Some(format!("has {c:?}, which cannot stand in a URL"));
    }
    let host = rest.split('/').next().unwrap_or_default();
    if host.contains('@') {
        return Some("has a user, which would be on all media".to_owned());
    }
    let (name, port) = host.split_once(':').unwrap_or((host, "1"));
    if name.is_empty() || port.parse::<u16>().map_or(true, |port| port == 0) {
        return Some("has no host, or a port that is none".to_owned());
    }
    url.ends_with('/').then(|| "ends with a slash, of which one more would follow".to_owned())
}

fn word(target: MediaTarget) -> &'static str {
    match target {
        MediaTarget::Iso => "iso",
        MediaTarget::Oem => "oem",
        MediaTarget::ConfigDrive => "config-drive",
        MediaTarget::Ec2 => "ec2",
        MediaTarget::Hetzner => "hetzner",
        MediaTarget::OpenStack => "openstack",
        MediaTarget::Azure => "azure",
        MediaTarget::Gce => "gce",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_one_that_ignition_can_fetch_a_path_below() {
        let problem = |url| url_problem(url, schemes(IgnitionVersion::V2_3_0));
        for good in ["https://boot.example.com", "http://192.0.2.1:8080/a/b", "s3://bucket/a", "tftp://boot/a%20b"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in [
            "boot.example.com",
            "ftp://a",
            "gs://bucket",
            "HTTPS://a",
            "https://",
            "https:///a",
            "https://a/",
            "https://a?b",
            "https://a/b#c",
            "https://a b",
            "https://a/\"",
            "https://u:p@a",
            "https://a:0",
            "https://a:x",
            "https://ä.de",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
        assert_eq!(url_problem("gs://bucket/a", schemes(IgnitionVersion::V3_3_0)), None);
    }
}
