//! A description -> every problem of the whole cluster, by a table of rules.
//!
//! Each rule is one function, has one broken example in `tests/reject/` and one line in `docs/checks.md`, which is
//! made from this table. Rules that cross options live here and nowhere else.

mod addresses;
mod etcd;
pub(super) mod extra;
mod families;
pub(super) mod flags;
mod install;
mod kubernetes;
mod logins;
mod media;
mod names;
mod placeholders;
mod platform;
mod ranges;
mod roles;
mod secrets;
mod sizes;
mod tls;
mod versions;

use super::facts::{Facts, NodeFacts};
use crate::report::{Diagnostic, OptionPath, Report};
use std::collections::{BTreeMap, BTreeSet};

/// One rule.
pub struct Rule {
    /// Its name: in reports, in `docs/checks.md`, and the file name of its broken example.
    pub name: &'static str,
    /// What it demands, for the documentation.
    pub demands: &'static str,
    check: fn(&Facts, &mut Findings),
}

/// Where a rule puts what it finds.
pub(super) struct Findings<'r> {
    rule: &'static str,
    report: &'r mut Report,
    /// The options that hold a placeholder: what other rules think of one is of no use to anybody.
    placeholders: &'r mut BTreeSet<OptionPath>,
}

impl Findings<'_> {
    fn error(&mut self, path: OptionPath, message: impl Into<String>, help: impl Into<String>) {
        self.push(Diagnostic::error(self.rule, path, message).help(help));
    }

    fn warning(&mut self, path: OptionPath, message: impl Into<String>, help: impl Into<String>) {
        self.push(Diagnostic::warning(self.rule, path, message).help(help));
    }

    /// A placeholder.
    fn placeholder(&mut self, path: OptionPath, message: impl Into<String>, help: impl Into<String>) {
        self.error(path.clone(), message, help);
        self.placeholders.insert(path);
    }

    fn push(&mut self, problem: Diagnostic) {
        if !self.placeholders.contains(&problem.path) {
            self.report.push(problem);
        }
    }
}

macro_rules! rules {
    ($($name:literal, $check:path, $demands:literal;)*) => {
        &[$(Rule { name: $name, demands: $demands, check: $check }),*]
    };
}

/// Every rule, in the order their problems are shown.
pub const RULES: &[Rule] = rules! {
    "placeholders", placeholders::placeholders, "Nothing is left as `xxxx` or another placeholder. This rule comes first: of a placeholder no other is told.";

    "platform", platform::platform, "The operating system has the Ignition spec that is asked for; kernel arguments are one word each, and not for Container Linux.";

    "media-targets", media::targets, "Nodes get their configs in at least one way, each named once.";
    "media-url", media::url, "`cluster.media.url` is a URL that the Ignition of the operating system can fetch, without a slash at its end.";
    "media-secrecy", media::secrecy, "Keys travel neither in the clear nor as user data, without a word: both are warned of.";
    "install-disk", install::disk, "A live system installs onto a whole disk, by an absolute path in /dev.";
    "install-loop", install::loops, "A machine that overwrites what it has installed does not start that again by itself: it is warned of.";

    "cluster-name", names::cluster_name, "The cluster's name is an RFC 1123 label.";
    "node-names", names::node_names, "Node names are RFC 1123 labels, and not `kubeconfig`, which is a file beside their directories.";
    "hostnames", names::hostnames, "Host names are RFC 1123 names of at most 64 characters.";
    "member-names", names::member_names, "Names of etcd members are made of letters, digits, `.`, `_` and `-`.";
    "endpoint", names::endpoint, "The control plane's endpoint is an IP address or a DNS name, without scheme, port or brackets.";
    "network-units", names::network_units, "The network unit's name ends in `.network`, and it matches interfaces by name; a static address is not for all of them.";
    "drop-in-names", names::drop_in_names, "Drop-ins are named like files and end in `.conf`.";
    "paths", names::paths, "Directories and files on the node are absolute, clean paths without characters that a flag or a unit would read otherwise, and what is written there is not on the read-only /usr; mounts have names and targets of their own.";
    "kubeconfig-names", names::kubeconfig_names, "Names in the kubeconfig are plain words, its file name ends in `.yaml` or `.yml`.";
    "image", names::image, "The image is a repository and a tag as registries know them, and of the Kubernetes version that is described.";


    "range-syntax", ranges::syntax, "A range starts with its first address and has a prefix length; where two families are possible, two ranges are of different ones.";
    "range-size", sizes::size, "Ranges are neither too small for what they hold nor so large that they swallow other networks.";
    "range-overlap", ranges::overlap, "podCIDR, serviceCIDR, docker's range, the nodes' networks and the static routes do not overlap.";
    "pod-ranges", ranges::inside_pods, "flannel's network lies inside the podCIDR, and kube-proxy's clusterCIDR is the podCIDR.";
    "families", families::families, "Pods, services and nodes have the same families of addresses in the same order; IPv6 needs a Kubernetes, an operating system and a flannel that do it; gateways are of the family of what they are for.";

    "address-syntax", addresses::syntax, "Addresses are IP addresses that a machine can have.";
    "address-or-dhcp", addresses::address_or_dhcp, "A node has either a static address or DHCP; a gateway goes with a static address.";
    "address-in-network", addresses::in_network, "A node's address is not its network's first or last one.";
    "gateways", addresses::gateways, "Gateways, of static routes too, are other hosts in the node's own network.";
    "address-ranges", addresses::outside_cluster_ranges, "Addresses of nodes, of name servers and of the endpoint lie outside podCIDR, serviceCIDR and docker's range.";
    "unique-addresses", addresses::unique, "No two nodes have one address, their own or the advertised one.";
    "unique-hostnames", names::unique_hostnames, "No two nodes have one host name, or one name as seen by Kubernetes.";
    "unique-members", names::unique_members, "No two etcd members have one name.";

    "ssh-keys", logins::ssh_keys, "SSH keys are public keys as in `authorized_keys`.";
    "password-hash", logins::password_hash, "A password hash is one that crypt(3) of the operating system understands.";
    "user-name", logins::user_name, "The user's name is a Unix login name.";
    "login", logins::login, "Somebody can log in.";

    "nodes", roles::nodes, "There is at least one node.";
    "roles", roles::roles, "Every node has something to do.";
    "control-plane", roles::control_plane, "A cluster has at least one control-plane node.";
    "etcd-members", etcd::members, "A control plane has etcd; the number of members is odd.";
    "reachable", roles::reachable, "The address of every etcd member and control-plane node is known.";
    "standalone", roles::standalone, "A standalone kubelet is no part of a cluster.";
    "etcd-state", etcd::state, "A member that joins a running cluster has others to join, and they join one at a time.";
    "etcd-endpoints", etcd::endpoints, "An etcd that is not described here is named by URLs, by https exactly with TLS, and there is no other.";
    "etcd-listen", etcd::listen, "With etcd closed to the network, its clients (API servers, and flannel where it keeps its leases there) run on etcd's nodes alone.";
    "insecure-port", tls::needs_port, "Without TLS the API has a port.";
    "api-reach", roles::api_reach, "Without TLS the API server listens where workers can reach it; with TLS its insecure port, if any, is on the loopback address.";
    "tls-needed", tls::needed, "What lives in the cluster and talks to its API needs TLS.";
    "bindings", tls::bindings, "Where kubelets ask for certificates, somebody binds the roles for that.";
    "certificate-names", tls::names, "Names in certificates are DNS names and addresses, and short enough.";
    "validity", tls::validity, "Certificates are not valid longer than their authority, tokens not longer than a year.";
    "dns", tls::dns, "The cluster's DNS has a domain, and an address of its own inside the serviceCIDR.";
    "taints", tls::taints, "Taints are written as key=value:effect.";
    "leader-election", roles::leader_election, "Several control-plane nodes elect a leader.";
    "ports", roles::ports, "The ports of etcd differ, and neither they nor the API server's are 0.";
    "privileged", roles::privileged, "kube-proxy may run privileged.";
    "first-boot-keys", secrets::first_boot, "Keys are made at first boot with one control-plane node only.";
    "store-keys", secrets::store, "Keys are in the description exactly when that was asked for.";

    "kubernetes-version", kubernetes::version, "The Kubernetes version is x.y.z, and tinderbox knows x.y.";
    "kubernetes-platform", versions::together, "Container Linux runs Kubernetes 1.9, Flatcar and Fedora CoreOS run 1.34 and later.";
    "kubelet-skew", versions::skew, "The kubelet is not newer than the control plane, and not older by more minor versions than Kubernetes supports.";
    "platform-options", versions::options, "No option asks for what the operating system or the Kubernetes version cannot do.";
    "proxy-mode", versions::proxy_mode, "kube-proxy of the Kubernetes version has the mode; one that is deprecated is warned of.";
    "downloads", versions::downloads, "What a machine downloads has a URL and a hash.";
    "images", versions::images, "Every image is a repository with a tag, which is not `latest`, or with a digest.";
    "shutdown", versions::shutdown, "The critical pods' part of the time before a shutdown is not longer than the whole.";
    "etcd-version", kubernetes::etcd_version, "The etcd version is x.y.z, and the transpiler knows its options.";
    "etcd-token", kubernetes::etcd_token, "The cluster token holds nothing that the transpiler or systemd would expand.";
    "flags", flags::known, "`extraArgs` names flags that the Kubernetes version has; deprecated ones are warned of.";
    "flag-values", flags::values, "The value of a flag has its type.";
    "flags-ignored", flags::ignored, "No flag is given that the component ignores beside its configuration file.";
    "flags-owned", flags::owned, "No flag is given whose option other parts or checks count on, and none twice.";
    "doors", flags::doors, "With TLS nothing is opened again to those who have no credentials, without a word.";
    "feature-gates", kubernetes::feature_gates, "Feature gates are known to the Kubernetes version, and do not contradict the proxy mode.";
    "admission-plugins", kubernetes::admission_plugins, "Admission plugins are known to the Kubernetes version, each named once; with TLS `NodeRestriction` is one of them.";
    "config-fields", kubernetes::config_fields, "`extraConfig` names fields of the component's configuration file, with values of their type.";

    "file-paths", extra::file_paths, "Extra files have absolute, clean paths, and lie neither on the read-only /usr nor where nothing outlives a boot.";
    "file-modes", extra::file_modes, "File modes are octal with a leading 0, at most 07777.";
    "unit-names", extra::unit_names, "Extra units and their drop-ins are named as systemd wants them.";
    "unit-text", extra::unit_text, "Units can be read by the transpiler and systemd: sections closed, lines at most 2047 bytes, no control characters.";
    "unit-install", extra::unit_install, "A unit that is enabled has an `[Install]` section, and one that is masked is neither enabled nor given a text.";
    "manifest-names", extra::manifest_names, "Extra manifests are files that end in `.yaml`, `.yml` or `.json`.";
    "manifests", extra::manifests, "An extra manifest is given in one way, and is a pod: the kubelet runs nothing else from files.";
    "manifest-nodes", extra::manifest_nodes, "Extra manifests are for nodes with a kubelet.";
};

/// The rules that other stages hold, which have examples and a line in the documentation too: name, what it demands.
pub const OTHER_RULES: &[(&str, &str)] = &[
    ("json-syntax", "A `cluster.json` is JSON."),
    ("json-schema", "It is of the schema that this version of tinderbox reads."),
    (
        "json-shape",
        "Every field is there, none is unknown, and each has its type: it was exported by the modules of the same version.",
    ),
    (
        "one-writer",
        "No path on a node is written twice, and none lies below a file. `override = true` lets an extra file, unit or manifest replace another.",
    ),
    (
        "unit-lines",
        "No line of a unit becomes longer than 2047 bytes, which the transpiler and older versions of systemd refuse.",
    ),
    (
        "files-present",
        "Every file that a pod, a unit, etcd or flannel reads is on the node, and its reader's volumes show it: written, made by something on the node, or the operating system's.",
    ),
    (
        "file-modes-usable",
        "Whoever reads a file may read it, what a unit runs may be run, and secrets are for their owner alone.",
    ),
    (
        "unit-variables",
        "Every variable in a command of a unit is defined in the unit, in a file that it reads, or by systemd.",
    ),
    (
        "target",
        "Nothing is asked of a machine that its operating system and Ignition spec cannot express: Container Linux's own etcd and flannel elsewhere, kernel arguments, directories, links and downloads there, setuid bits before spec 3.6.0.",
    ),
    (
        "media-size",
        "What a node gets fits the way it gets it: the user data of a cloud has a limit, which a config with its files and keys is soon over. `cluster.media.url` makes the user data a few lines that fetch the rest.",
    ),
    ("listeners", "No two programs on a node listen on one port of the same address."),
    ("unit-order", "No units of a node wait for one another in a ring, those of the operating system included."),
    ("pod-names", "Static pods of a node have names of their own, and containers with a name and an image."),
    ("masked", "No unit is masked that something on the node needs."),
    (
        "dials",
        "Where a node connects to itself or to another, something listens there, with TLS or without as expected, and its certificate is for that name.",
    ),
    ("override", "`override = true` replaces something on at least one node; otherwise it is warned of."),
];

/// Holds every rule against the description.
pub(super) fn check(facts: &Facts) -> Report {
    let mut report = Report::default();
    let mut placeholders = BTreeSet::new();
    for rule in RULES {
        let mut findings = Findings { rule: rule.name, report: &mut report, placeholders: &mut placeholders };
        (rule.check)(facts, &mut findings);
    }
    report
}

/// Calls `twice(first, second, value)` for every node that shares its value with one before it.
fn each_shared<'f, 'a, T: Ord>(
    nodes: impl Iterator<Item = &'f NodeFacts<'a>>,
    value: impl Fn(&'f NodeFacts<'a>) -> Option<T>,
    mut twice: impl FnMut(&'f NodeFacts<'a>, &'f NodeFacts<'a>, &T),
) where
    'a: 'f,
{
    let mut seen: BTreeMap<T, &'f NodeFacts<'a>> = BTreeMap::new();
    for node in nodes {
        if let Some(value) = value(node) {
            match seen.get(&value).copied() {
                Some(first) => twice(first, node, &value),
                None => {
                    seen.insert(value, node);
                }
            }
        }
    }
}
