//! Rules for what an operating system and a version of Kubernetes can do together.

use super::super::facts::Facts;
use super::Findings;
use super::names::{is_repository, is_word};
use crate::k8s::release::{Packaging, Release};
use crate::report::OptionPath;
use crate::spec::{self, EtcdListen, FlannelDatastore, KubeletSource, Os, ProxyMode, Role};

pub fn together(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release else { return };
    let version = &facts.spec.kubernetes.version;
    let at = OptionPath::of("cluster.kubernetes.version");
    match (facts.spec.platform.os, release.packaging()) {
        (Os::ContainerLinux, Packaging::Images) => findings.error(
            at,
            format!("{version} on container-linux, which has neither containerd nor the kernel that it needs"),
            "set cluster.platform.os to \"flatcar\" or \"fedora-coreos\", or choose a version of 1.9",
        ),
        (Os::Flatcar | Os::FedoraCoreOs, Packaging::Hyperkube) => findings.error(
            at,
            format!("{version}: its kubelet knows neither containerd nor the control groups of this operating system"),
            "choose 1.34 or later, or leave it at its default",
        ),
        _ => {}
    }
}

pub fn skew(facts: &Facts, findings: &mut Findings) {
    let kubernetes = &facts.spec.kubernetes;
    let (own, whole) = (&kubernetes.kubelet.version, &kubernetes.version);
    let at = OptionPath::of("cluster.kubernetes.kubelet.version");
    let Some(release) = facts.release else { return };
    if own == whole {
        return;
    }
    let Some(kubelet) = facts.kubelet_release else {
        let known = Release::known().join(", ");
        findings.error(at, format!("{own:?} is not a version that is known"), format!("choose one of {known}"));
        return;
    };
    let (newest, mine) = (release.minor(), kubelet.minor());
    let is_older_by = |most: u32| mine.0 == newest.0 && mine.1 + most >= newest.1;
    let patch = |version: &str| version.rsplit('.').next().and_then(|patch| patch.parse::<u32>().ok());
    if kubernetes.kubelet.source == KubeletSource::Wrapper {
        findings.error(at, format!("{own}: kubelet-wrapper runs that of {whole}"), "leave it at its default");
    } else if mine > newest || (mine == newest && patch(own) > patch(whole)) {
        let what = format!("{own} is newer than the control plane ({whole}), which Kubernetes does not support");
        findings.error(at, what, "upgrade the control plane first");
    } else if !is_older_by(release.skew()) {
        let most = release.skew();
        let what = format!("{own} is more than {most} minor versions older than the control plane ({whole})");
        findings.error(at, what, "choose a later version, or upgrade the control plane in smaller steps");
    }
}

/// An option that the operating system or the version cannot do: its path, the value, why not, and what to do.
type Refused = (&'static str, String, &'static str, &'static str);

pub fn options(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release else { return };
    let mut refused = match facts.spec.platform.os {
        Os::ContainerLinux => of_container_linux(facts),
        Os::Flatcar | Os::FedoraCoreOs => of_its_successors(facts),
    };
    if release.packaging() == Packaging::Images {
        refused.extend(of_later_versions(facts));
    }
    for (option, value, why, help) in refused {
        findings.error(OptionPath::of(option), format!("{value}: {why}"), help);
    }
}

const KUBELET_SOURCE: &str = "cluster.kubernetes.kubelet.source";

fn of_container_linux(facts: &Facts) -> Vec<Refused> {
    let kubelet = &facts.spec.kubernetes.kubelet;
    let mut refused = Vec::new();
    if kubelet.source != KubeletSource::Wrapper {
        let why = "Container Linux runs the kubelet by its kubelet-wrapper";
        refused.push((KUBELET_SOURCE, source_word(kubelet.source).to_owned(), why, "set it to \"wrapper\""));
    }
    if !kubelet.extra_config.is_empty() {
        let names: Vec<_> = kubelet.extra_config.keys().map(String::as_str).collect();
        let why = "a kubelet of 1.9 reads no configuration file";
        refused.push((
            "cluster.kubernetes.kubelet.extraConfig",
            names.join(", "),
            why,
            "set the flags in cluster.kubernetes.kubelet.extraArgs",
        ));
    }
    refused
}

fn of_its_successors(facts: &Facts) -> Vec<Refused> {
    let spec = facts.spec;
    let kubelet = &spec.kubernetes.kubelet;
    let mut refused = Vec::new();
    if kubelet.source == KubeletSource::Wrapper {
        let why = "only Container Linux has a kubelet-wrapper";
        refused.push((KUBELET_SOURCE, "wrapper".to_owned(), why, "leave it at its default"));
    }
    if kubelet.source == KubeletSource::Sysext && spec.platform.os == Os::FedoraCoreOs {
        let why = "the system extension is Flatcar's";
        refused.push((KUBELET_SOURCE, "sysext".to_owned(), why, "set it to \"release\""));
    }
    if !kubelet.mounts.is_empty() {
        let names: Vec<_> = kubelet.mounts.iter().map(|mount| mount.name.as_str()).collect();
        let why = "the kubelet runs in no container here, and sees all of the node";
        refused.push(("cluster.kubernetes.kubelet.mounts", names.join(", "), why, "remove them"));
    }
    if spec.etcd.listen != EtcdListen::All {
        let why = "etcd's client port is closed by its certificates here";
        refused.push(("cluster.etcd.listen", "loopback-and-flannel".to_owned(), why, "set it to \"all\""));
    }
    if spec.flannel.enable && spec.flannel.datastore == FlannelDatastore::Etcd {
        let why = "only Container Linux has a flanneld of its own";
        refused.push(("cluster.flannel.datastore", "etcd".to_owned(), why, "set it to \"kubernetes\""));
    }
    refused
}

/// The lowest port that may be listened on without privileges (ip(7), `ip_unprivileged_port_start`).
const FIRST_UNPRIVILEGED: u16 = 1024;

fn of_later_versions(facts: &Facts) -> Vec<Refused> {
    let spec = facts.spec;
    let has_api = facts.with(Role::ControlPlane).next().is_some();
    let mut refused = Vec::new();
    if !spec.tls.enable && (has_api || facts.nodes.iter().any(|node| node.joins())) {
        let why = "an API server of this version is served with TLS alone";
        refused.push(("cluster.tls.enable", "false".to_owned(), why, "leave it on"));
    }
    let api = &spec.kubernetes.api_server;
    if let Some(port) = api.insecure_port {
        let why = "an API server of this version has no port without TLS";
        refused.push(("cluster.kubernetes.apiServer.insecurePort", port.to_string(), why, "set it to null"));
    }
    if has_api && (1..FIRST_UNPRIVILEGED).contains(&api.secure_port) {
        let why = "the API server does not run as root, and may not listen below 1024";
        let help = "use 6443, and let a load balancer in front of it have this port (cluster.controlPlane.endpoint)";
        refused.push(("cluster.kubernetes.apiServer.securePort", api.secure_port.to_string(), why, help));
    }
    if let Some(version) = spec.etcd.version.as_ref().filter(|_| facts.with(Role::Etcd).next().is_some()) {
        let minor = version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
        if version.starts_with("3.") && minor.is_some_and(|minor| minor < 5) {
            let why = "an API server of this version wants etcd 3.5 or later";
            refused.push(("cluster.etcd.version", version.clone(), why, "leave it null for the one that goes with it"));
        }
    }
    refused
}

fn source_word(source: KubeletSource) -> &'static str {
    match source {
        KubeletSource::Wrapper => "wrapper",
        KubeletSource::Release => "release",
        KubeletSource::Sysext => "sysext",
    }
}

pub fn proxy_mode(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release else { return };
    let mode = match facts.spec.kubernetes.proxy.mode {
        ProxyMode::Iptables => "iptables",
        ProxyMode::Ipvs => "ipvs",
        ProxyMode::Nftables => "nftables",
    };
    let at = OptionPath::of("cluster.kubernetes.proxy.mode");
    let version = &facts.spec.kubernetes.version;
    if !release.proxy_modes().contains(&mode) {
        let known = release.proxy_modes().join(", ");
        findings.error(at, format!("{mode}: kube-proxy {version} has no such mode"), format!("choose one of {known}"));
    } else if release.deprecated_proxy_modes().contains(&mode) {
        let what = format!("{mode} is deprecated in kube-proxy {version}");
        findings.warning(at, what, "choose nftables, or iptables");
    }
}

pub fn downloads(facts: &Facts, findings: &mut Findings) {
    let kubernetes = &facts.spec.kubernetes;
    let downloads = &kubernetes.downloads;
    let needed: &[(&str, &spec::Download)] = match kubernetes.kubelet.source {
        _ if !facts.nodes.iter().any(|node| node.has_kubelet()) => &[],
        // Which is refused elsewhere.
        _ if facts.spec.platform.os == Os::ContainerLinux => &[],
        KubeletSource::Wrapper => &[],
        KubeletSource::Release => {
            &[("kubelet", &downloads.kubelet), ("kubectl", &downloads.kubectl), ("cniPlugins", &downloads.cni_plugins)]
        }
        KubeletSource::Sysext => &[("sysext", &downloads.sysext)],
    };
    let root = OptionPath::of("cluster.kubernetes.downloads");
    for (name, it) in needed {
        let at = |option: &str| root.clone().attr(name).attr(option);
        let rest = it.url.strip_prefix("https://").or_else(|| it.url.strip_prefix("http://"));
        if !rest.is_some_and(|rest| rest.contains('/') && !rest.starts_with('/') && rest.bytes().all(is_url_byte)) {
            let what = format!("{:?} is not a URL that Ignition fetches", it.url);
            findings.error(at("url"), what, "write it as https://host/path");
        }
        match &it.hash {
            None => findings.error(
                at("hash"),
                format!("null: what is downloaded from {} must be known by its hash", it.url),
                "set it to `sha256-` and the sum that is published beside the file; for versions of before, it is known",
            ),
            Some(hash) if !is_hash(hash) => findings.error(
                at("hash"),
                format!("{hash:?} is not a hash"),
                "write sha256- and 64, or sha512- and 128 hexadecimal digits",
            ),
            Some(_) => {}
        }
    }
}

fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)
}

/// Ignition's form of a hash (configuration specification 3.3, `verification.hash`).
fn is_hash(text: &str) -> bool {
    let is_hex = |digits: &str, length| {
        digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    text.strip_prefix("sha256-").is_some_and(|digits| is_hex(digits, 64))
        || text.strip_prefix("sha512-").is_some_and(|digits| is_hex(digits, 128))
}

pub fn images(facts: &Facts, findings: &mut Findings) {
    let spec = facts.spec;
    let images = &spec.kubernetes.images;
    let all = [
        ("cluster.kubernetes.images.apiServer", &images.api_server),
        ("cluster.kubernetes.images.controllerManager", &images.controller_manager),
        ("cluster.kubernetes.images.scheduler", &images.scheduler),
        ("cluster.kubernetes.images.proxy", &images.proxy),
        ("cluster.etcd.image", &spec.etcd.image),
        ("cluster.flannel.image", &spec.flannel.image),
        ("cluster.flannel.cniPluginImage", &spec.flannel.cni_plugin_image),
        ("cluster.addons.dns.image", &spec.addons.dns.image),
        ("cluster.controlPlane.proxy.image", &spec.control_plane.proxy.image),
    ];
    for (option, image) in all {
        if let Some(problem) = image_problem(image) {
            findings.error(
                OptionPath::of(option),
                format!("{image:?} {problem}"),
                "write it as registry.example.com/name:v1.2.3, perhaps with @sha256: and its digest",
            );
        }
    }
}

/// What is wrong with the name of an image (distribution, reference/regexp.go), which must say which one it is.
fn image_problem(image: &str) -> Option<&'static str> {
    let (name, digest) = match image.split_once('@') {
        None => (image, None),
        Some((name, digest)) => (name, Some(digest)),
    };
    // A colon before the last slash is that of a port.
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    if !is_repository(repository) || !tag.is_none_or(|tag| is_word(tag) && tag.len() <= 128) {
        return Some("is not the name of an image");
    }
    let is_hex =
        |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    match digest {
        Some(digest) if !digest.strip_prefix("sha256:").is_some_and(is_hex) => {
            Some("has a digest that is not sha256: and 64 hexadecimal digits")
        }
        Some(_) => None,
        None => match tag {
            None | Some("latest") => {
                Some("may be another image tomorrow: it has neither a tag of a version nor a digest")
            }
            Some(_) => None,
        },
    }
}

pub fn shutdown(facts: &Facts, findings: &mut Findings) {
    let kubelet = &facts.spec.kubernetes.kubelet;
    let (all, critical) = (kubelet.shutdown_grace_period, kubelet.shutdown_grace_period_critical_pods);
    if all > 0 && critical > all {
        findings.error(
            OptionPath::of("cluster.kubernetes.kubelet.shutdownGracePeriodCriticalPods"),
            format!("{critical} seconds are more than the {all} of shutdownGracePeriod, which they are part of"),
            "choose fewer, or a longer shutdownGracePeriod",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_says_which_one_it_is() {
        let digest = "a".repeat(64);
        for good in ["registry.k8s.io/etcd:3.6.8-0", "localhost:5000/a/b:v1", &format!("a@sha256:{digest}")] {
            assert_eq!(image_problem(good), None, "{good}");
        }
        for bad in ["", "a", "localhost:5000/a", "a:latest", "a b:1", "a:1@sha256:12", "https://a/b:1@x", "a:"] {
            assert!(image_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_hash_has_its_length() {
        assert!(is_hash(&format!("sha256-{}", "0".repeat(64))) && is_hash(&format!("sha512-{}", "f".repeat(128))));
        for bad in
            ["", "sha256-", "sha256-00", &format!("sha512-{}", "0".repeat(64)), &format!("sha256:{}", "0".repeat(64))]
        {
            assert!(!is_hash(bad), "{bad}");
        }
    }
}
