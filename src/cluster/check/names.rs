//! Rules for names and paths.

use super::super::{facts::Facts, net};
use super::{Findings, each_shared};
use crate::report::OptionPath;
use crate::spec::Role;

/// Letters, digits and inner hyphens in lower case, at most 63 characters (RFC 1123 section 2.1, as Kubernetes has it).
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Labels joined by dots.
fn is_subdomain(text: &str, most: usize) -> bool {
    text.len() <= most && text.split('.').all(is_label)
}

/// A word that means itself in a shell, a unit, a flag and a file name.
pub fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        && !text.starts_with(['.', '-'])
}

const LABEL: &str = "use lower-case letters, digits and inner hyphens, at most 63 characters";

pub fn cluster_name(facts: &Facts, findings: &mut Findings) {
    let name = &facts.spec.name;
    if !is_label(name) {
        findings.error(OptionPath::of("cluster.name"), format!("{name:?} is not an RFC 1123 label"), LABEL);
    }
}

pub fn node_names(facts: &Facts, findings: &mut Findings) {
    if let Some(node) = facts.nodes.iter().find(|node| node.name == "kubeconfig") {
        findings.error(
            node.path(),
            "\"kubeconfig\" is the name of the file that lies beside the directories of the nodes",
            "give the node another name",
        );
    }
    for node in facts.nodes.iter().filter(|node| !is_label(node.name)) {
        findings.error(
            node.path(),
            format!("{:?} is not an RFC 1123 label", node.name),
            format!("{LABEL}; a longer host name goes into `hostname`"),
        );
    }
}

pub fn hostnames(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let names = [
            ("hostname", Some(&node.spec.hostname)),
            ("kubelet.hostnameOverride", node.spec.kubelet.hostname_override.as_ref()),
        ];
        for (option, name) in names {
            // 64 is Linux's HOST_NAME_MAX; Kubernetes takes longer ones, but no kernel has them.
            if let Some(name) = name.filter(|name| !is_subdomain(name, 64)) {
                let problem = if is_subdomain(name, name.len()) {
                    format!("{name:?} has {} characters, and a host name has at most 64", name.len())
                } else {
                    format!("{name:?} is not an RFC 1123 host name")
                };
                findings.error(
                    node.option(option),
                    problem,
                    "use labels of lower-case letters, digits and inner hyphens, joined by dots, at most 64 characters",
                );
            }
        }
    }
}

pub fn member_names(facts: &Facts, findings: &mut Findings) {
    for node in facts.with(Role::Etcd).filter(|n| !is_word(&n.spec.etcd.name)) {
        findings.error(
            node.option("etcd.name"),
            format!("{:?} is not a member name", node.spec.etcd.name),
            "use letters, digits, `.`, `_` and `-`; others mean something in initial_cluster, to ct or to systemd",
        );
    }
}

pub fn endpoint(facts: &Facts, findings: &mut Findings) {
    let Some(endpoint) = &facts.spec.control_plane.endpoint else { return };
    // All digits and dots is meant as an address, and must be one.
    let is_name = net::is_dns_name(&endpoint.to_ascii_lowercase());
    let problem = match net::address(endpoint) {
        // A proxy on each node is possible.
        Ok(address) if address.is_loopback() => None,
        Ok(address) => net::unusable(address),
        Err(_) if is_name => None,
        Err(_) => Some("is neither an IP address nor a DNS name"),
    };
    if let Some(problem) = problem {
        findings.error(
            OptionPath::of("cluster.controlPlane.endpoint"),
            format!("{endpoint:?} {problem}"),
            "give the name or address alone, such as api.example.com, without scheme, port and brackets",
        );
    }
}

pub fn network_units(facts: &Facts, findings: &mut Findings) {
    for node in &facts.nodes {
        let network = &node.spec.network;
        if !(is_word(&network.unit) && network.unit.ends_with(".network")) {
            findings.error(
                node.option("network.unit"),
                format!("{:?} is not the name of a network unit", network.unit),
                "use letters, digits, `.`, `_` and `-`, and the ending `.network`",
            );
        }
        let is_pattern = |b: u8| b.is_ascii_alphanumeric() || b"._:-*?[]! ".contains(&b);
        if network.interface.trim().is_empty() || !network.interface.bytes().all(is_pattern) {
            findings.error(
                node.option("network.interface"),
                format!("{:?} is not an interface name or pattern", network.interface),
                "give what systemd.network(5) takes as Name=, such as eth0 or en*",
            );
        } else if let Some(address) = &network.address
            && network.interface.split(' ').any(|word| !word.is_empty() && word.bytes().all(|b| b == b'*'))
        {
            findings.error(
                node.option("network.interface"),
                format!(
                    "{:?}: every interface would have the address {address}, docker's and flannel's too",
                    network.interface
                ),
                "name the one that has the address, such as eth0 or en*",
            );
        }
    }
}

pub fn drop_in_names(facts: &Facts, findings: &mut Findings) {
    let name = &facts.spec.flannel.drop_in;
    if !(is_word(name) && name.ends_with(".conf")) {
        findings.error(
            OptionPath::of("cluster.flannel.dropIn"),
            format!("{name:?} is not the name of a drop-in"),
            "use letters, digits, `.`, `_` and `-`, and the ending `.conf`",
        );
    }
}

/// Whether `path` is absolute and has no empty, `.` or `..` component.
pub fn is_clean_path(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|rest| {
        rest.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && part.len() <= 255)
    }) && path.len() < 4096
        && !path.chars().any(char::is_control)
}

/// Whether `path` is on the partition that Container Linux mounts read-only, or a link to it. What is below
/// /usr/share/oem is another partition.
pub fn is_read_only(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    ["usr", "bin", "sbin", "lib", "lib64"].contains(&first) && !path.starts_with("/usr/share/oem/")
}

/// What to say of a path that [`is_read_only`].
pub const READ_ONLY: &str = "lies on /usr, which is read-only on Container Linux";
/// Where to put it.
pub const WRITABLE: &str = "choose a place below /etc, /opt or /var";

pub fn paths(facts: &Facts, findings: &mut Findings) {
    let spec = facts.spec;
    let (paths, kubelet) = (&spec.kubernetes.paths, &spec.kubernetes.kubelet);
    let of = |dotted: &str| OptionPath::of("cluster.kubernetes").dot(dotted);
    let mut all = vec![
        (of("paths.manifests"), &paths.manifests),
        (of("paths.kubeconfig"), &paths.kubeconfig),
        (of("paths.ssl"), &paths.ssl),
        (of("paths.hostCertificates"), &paths.host_certificates),
        (of("kubelet.podUuidFile"), &kubelet.pod_uuid_file),
        (OptionPath::of("cluster.flannel.etcdPrefix"), &spec.flannel.etcd_prefix),
    ];
    for (n, directory) in kubelet.directories.iter().enumerate() {
        all.push((of("kubelet.directories").index(n), directory));
    }
    for (n, mount) in kubelet.mounts.iter().enumerate() {
        let path = of("kubelet.mounts").index(n);
        all.push((path.clone().attr("source"), &mount.source));
        all.push((path.clone().attr("target"), &mount.target));
        // rkt takes "AC names" (appc spec, "Type: AC Name").
        if !is_label(&mount.name) || mount.name.contains("--") {
            findings.error(
                path.attr("name"),
                format!("{:?} is not the name of a volume of rkt", mount.name),
                "use lower-case letters, digits and single inner hyphens",
            );
        }
    }
    let written = [&paths.manifests, &paths.kubeconfig, &paths.ssl, &kubelet.pod_uuid_file];
    let written: Vec<&String> = written.into_iter().chain(&kubelet.directories).collect();
    // These stand in comma-separated lists, flags and units, where more than a slash and a word has a meaning.
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-".contains(&b);
    for (option, path) in all {
        if !(is_clean_path(path) && path.bytes().all(is_plain)) {
            findings.error(
                option,
                format!("{path:?} is not an absolute, clean path of plain characters"),
                "start with /, leave out //, . and .. and a last /, use letters, digits, `.`, `_` and `-`",
            );
        } else if is_read_only(path) && written.iter().any(|written| std::ptr::eq(*written, path)) {
            findings.error(option, format!("{path:?} {READ_ONLY}"), WRITABLE);
        }
    }
    each_shared_mount(facts, findings);
}

fn each_shared_mount(facts: &Facts, findings: &mut Findings) {
    let mounts = &facts.spec.kubernetes.kubelet.mounts;
    for (n, mount) in mounts.iter().enumerate() {
        if mounts.iter().take(n).any(|m| m.name == mount.name || m.target == mount.target) {
            findings.error(
                OptionPath::of("cluster.kubernetes.kubelet.mounts").index(n),
                format!("{} at {} shares its name or its target with another mount", mount.name, mount.target),
                "give each mount a name and a target of its own",
            );
        }
    }
}

pub fn kubeconfig_names(facts: &Facts, findings: &mut Findings) {
    let config = &facts.spec.kubernetes.kubeconfig;
    let at = |name: &str| OptionPath::of("cluster.kubernetes.kubeconfig").attr(name);
    for (option, name) in [("cluster", &config.cluster), ("context", &config.context)] {
        if !is_word(name) {
            findings.error(
                at(option),
                format!("{name:?} is not a plain word"),
                "use letters, digits, `.`, `_` and `-`",
            );
        }
    }
    if !(is_word(&config.file) && (config.file.ends_with(".yaml") || config.file.ends_with(".yml"))) {
        findings.error(
            at("file"),
            format!("{:?} is not the name of a YAML file", config.file),
            "use letters, digits, `.`, `_` and `-`, and the ending .yaml",
        );
    }
}

pub fn image(facts: &Facts, findings: &mut Findings) {
    let image = &facts.spec.kubernetes.image;
    let at = |name: &str| OptionPath::of("cluster.kubernetes.image").attr(name);
    if !is_repository(&image.repository) {
        findings.error(
            at("repository"),
            format!("{:?} is not a repository", image.repository),
            "give registry and path without tag and scheme, such as quay.io/coreos/hyperkube",
        );
    }
    if !is_word(&image.tag) || image.tag.len() > 128 {
        findings.error(
            at("tag"),
            format!("{:?} is not a tag", image.tag),
            "use letters, digits, `.`, `_` and `-`, at most 128 characters",
        );
    } else if let Some(other) =
        version_in(&image.tag).filter(|version| facts.release.is_some() && *version != facts.spec.kubernetes.version)
    {
        findings.warning(
            at("tag"),
            format!("{} is of Kubernetes {other}, and cluster.kubernetes.version is {}", image.tag, facts.spec.kubernetes.version),
            "flags, feature gates and admission plugins are held against the version; make the two agree, or set the version alone",
        );
    }
}

/// Words of lower case joined by slashes, the first one perhaps with a port (distribution, reference/reference.go).
pub fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    let Some((host, path)) = text.split_once('/') else { return is_part(text) };
    let (name, port) = host.split_once(':').unwrap_or((host, "1"));
    is_part(name) && port.parse::<u16>().is_ok_and(|port| port > 0) && path.split('/').all(is_part)
}

/// `1.9.6` of the tag `v1.9.6_coreos.0`.
fn version_in(tag: &str) -> Option<&str> {
    let version = tag.strip_prefix('v')?;
    let version = version.split(['_', '-']).next()?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (version.split('.').count() == 3 && version.split('.').all(is_number)).then_some(version)
}

pub fn unique_hostnames(facts: &Facts, findings: &mut Findings) {
    let help = "give each node a name of its own";
    each_shared(
        facts.nodes.iter(),
        |n| Some(n.spec.hostname.as_str()),
        |first, second, name| {
            findings.error(
                second.option("hostname"),
                format!("{name} is the host name of node {} too", first.name),
                help,
            );
        },
    );
    let known_as = |n: &super::NodeFacts| match &n.spec.kubelet.hostname_override {
        _ if !n.joins() => None,
        Some(name) => Some(name.clone()),
        None => Some(n.spec.hostname.clone()),
    };
    each_shared(facts.nodes.iter(), known_as, |first, second, name| {
        if first.spec.hostname != second.spec.hostname {
            // Two names are one because one of them at least is overridden.
            let (at, other) = match second.spec.kubelet.hostname_override {
                Some(_) => (second, first),
                None => (first, second),
            };
            findings.error(
                at.option("kubelet.hostnameOverride"),
                format!("{name} is the name of node {} in Kubernetes too", other.name),
                help,
            );
        }
    });
}

pub fn unique_members(facts: &Facts, findings: &mut Findings) {
    each_shared(
        facts.with(Role::Etcd),
        |n| Some(n.spec.etcd.name.as_str()),
        |first, second, name| {
            findings.error(
                second.option("etcd.name"),
                format!("{name} is the etcd member of node {} too", first.name),
                "give each member a name of its own",
            );
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_no_tag_and_no_scheme() {
        for good in ["hyperkube", "quay.io/coreos/hyperkube", "localhost:5000/a/b_c.d"] {
            assert!(is_repository(good), "{good}");
        }
        for bad in ["", "a:1", "a/b:v1", "https://a/b", "a//b", "a/b/", "A/b", "a:0/b", "a:99999/b", "a/../b", "a/-b"] {
            assert!(!is_repository(bad), "{bad}");
        }
    }

    #[test]
    fn a_tag_tells_its_version_when_it_looks_like_one() {
        assert_eq!(version_in("v1.9.6_coreos.0"), Some("1.9.6"));
        assert_eq!(version_in("v1.10.0-rc.1"), Some("1.10.0"));
        for none in ["latest", "v1.9", "v1.9.6.1", "v1..6", "vmware", "1.9.6"] {
            assert_eq!(version_in(none), None, "{none}");
        }
    }

    #[test]
    fn usr_is_read_only_and_so_are_the_links_to_it() {
        for path in ["/usr/local/bin/a", "/bin/a", "/lib64/a"] {
            assert!(is_read_only(path), "{path}");
        }
        for path in ["/opt/bin/a", "/user/a", "/etc/usr", "/usr/share/oem/grub.cfg"] {
            assert!(!is_read_only(path), "{path}");
        }
    }
}
