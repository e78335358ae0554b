//! The tables of a Kubernetes version in `data/` -> what its components know: flags, feature gates, admission plugins
//! and configuration fields.
//!
//! A new version is a directory of tables and a row in `RELEASES`.

mod forms;
mod table;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;
use table::rows;

/// A component whose flags are known.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs)]
pub enum Component {
    ApiServer,
    ControllerManager,
    Scheduler,
    Proxy,
    Kubelet,
}

impl Component {
    /// The name of the program.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Proxy => "kube-proxy",
            Self::Kubelet => "kubelet",
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A configuration file whose fields are known.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs)]
pub enum ConfigKind {
    Scheduler,
    Proxy,
}

impl ConfigKind {
    /// Its `kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduler => "KubeSchedulerConfiguration",
            Self::Proxy => "KubeProxyConfiguration",
        }
    }
}

impl fmt::Display for ConfigKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How kube-proxy's configuration file has its feature gates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GatesForm {
    /// `"A=true,B=false"`, up to 1.9. A mistake in it is ignored without a word.
    String,
    /// A map, from 1.10.
    Map,
}

/// A flag of a component.
#[derive(Debug)]
pub struct Flag {
    /// Type, as the table has it.
    kind: &'static str,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// What the table says beside, perhaps what replaces it.
    pub note: &'static str,
}

impl Flag {
    /// Whether the flag takes `value`.
    ///
    /// # Errors
    /// What it takes, with its article.
    pub fn accepts(&self, value: &str) -> Result<(), &'static str> {
        value::accepts(self.kind, value)
    }
}

/// A field of a configuration file.
#[derive(Debug)]
pub struct Field {
    kind: &'static str,
}

impl Field {
    /// Whether the field takes `value`.
    ///
    /// # Errors
    /// What it takes, with its article.
    pub fn accepts(&self, value: &serde_json::Value) -> Result<(), &'static str> {
        value::accepts_json(self.kind, value)
    }
}

/// What is special about a minor version, and its tables.
struct Row {
    minor: &'static str,
    scheduler_config: &'static str,
    proxy_config: &'static str,
    proxy_gates: GatesForm,
    ipvs_gate: Option<&'static str>,
    flags: &'static str,
    feature_gates: &'static str,
    admission_plugins: &'static str,
    config_fields: &'static str,
}

const RELEASES: &[Row] = &[Row {
    minor: "1.9",
    scheduler_config: "componentconfig/v1alpha1",
    proxy_config: "kubeproxy.config.k8s.io/v1alpha1",
    proxy_gates: GatesForm::String,
    ipvs_gate: Some("SupportIPVSProxyMode"),
    flags: include_str!("data/1.9/flags.tsv"),
    feature_gates: include_str!("data/1.9/feature-gates.tsv"),
    admission_plugins: include_str!("data/1.9/admission-plugins.tsv"),
    config_fields: include_str!("data/1.9/config-fields.tsv"),
}];

/// Why a version has no tables.
#[derive(Debug)]
pub enum UnknownRelease {
    /// Not of the form x.y.z.
    Malformed(String),
    /// A version whose tables are not here.
    Unknown(String),
}

impl fmt::Display for UnknownRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(version) => write!(f, "{version:?} is not a version x.y.z"),
            Self::Unknown(version) => write!(f, "tinderbox does not know Kubernetes {version}"),
        }
    }
}

type Table<T> = BTreeMap<&'static str, BTreeMap<&'static str, T>>;

/// What a minor version of Kubernetes knows.
pub struct Release {
    row: &'static Row,
    /// Component -> flag without dashes -> what it is.
    flags: Table<Flag>,
    /// Gate -> the first patch version that knows it.
    gates: BTreeMap<&'static str, u32>,
    plugins: BTreeSet<&'static str>,
    /// Kind of the configuration file -> dotted path -> what it is.
    fields: Table<Field>,
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Release({})", self.row.minor)
    }
}

impl Release {
    /// The tables of `version`, such as `1.9.6`.
    ///
    /// # Errors
    /// When it is not x.y.z, or its minor version has no tables.
    pub fn of(version: &str) -> Result<&'static Self, UnknownRelease> {
        static ALL: OnceLock<Vec<Release>> = OnceLock::new();
        let parts: Vec<&str> = version.split('.').collect();
        let is_number = |part: &&str| {
            part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u32>().is_ok_and(|n| n.to_string() == **part)
        };
        let ([major, minor, _], true) = (parts.as_slice(), parts.iter().all(is_number)) else {
            return Err(UnknownRelease::Malformed(version.to_owned()));
        };
        let minor = format!("{major}.{minor}");
        ALL.get_or_init(|| RELEASES.iter().map(Self::read).collect())
            .iter()
            .find(|release| release.row.minor == minor)
            .ok_or_else(|| UnknownRelease::Unknown(version.to_owned()))
    }

    /// The minor versions that have tables.
    pub fn known() -> Vec<&'static str> {
        RELEASES.iter().map(|row| row.minor).collect()
    }

    fn read(row: &'static Row) -> Self {
        Self {
            row,
            flags: grouped(rows(row.flags).map(|[component, flag, kind, deprecated, note]| {
                (component, flag.trim_start_matches('-'), Flag { kind, deprecated: deprecated == "yes", note })
            })),
            gates: rows(row.feature_gates)
                .map(|[gate, _stage, _default, since]| (gate, since.parse().unwrap_or(0)))
                .collect(),
            plugins: rows(row.admission_plugins).map(|[plugin]| plugin).collect(),
            fields: grouped(rows(row.config_fields).map(|[kind, field, of]| (kind, field, Field { kind: of }))),
        }
    }

    /// A flag by its name without dashes; `_` and `-` are equal (WordSepNormalizeFunc of apiserver's util/flag).
    pub fn flag(&self, component: Component, name: &str) -> Option<&Flag> {
        let name = name.replace('_', "-");
        self.flags.get(component.name())?.get(name.as_str())
    }

    /// The flag whose name is nearest to `name`, if one is near.
    pub fn nearest_flag(&self, component: Component, name: &str) -> Option<&'static str> {
        let name = name.replace('_', "-");
        nearest(&name, self.flags.get(component.name())?.keys().copied())
    }

    /// Whether kube-proxy and kube-scheduler still heed a flag beside `--config`: the API server's address, feature
    /// gates, the flags that do one thing and exit, and those of linked packages such as logging.
    pub fn counts_beside_config(&self, component: Component, name: &str) -> bool {
        if !matches!(component, Component::Proxy | Component::Scheduler) {
            return true;
        }
        let name = name.replace('_', "-");
        let counts = ["config", "master", "feature-gates", "write-config-to", "help", "version"];
        counts.contains(&name.as_str())
            || name.starts_with("cleanup")
            || self.flag(component, &name).is_some_and(|flag| flag.note.starts_with("global"))
    }

    /// The gate as this patch version knows it: the first one that does.
    pub fn feature_gate(&self, name: &str, patch: u32) -> Option<u32> {
        self.gates.get(name).copied().filter(|since| *since <= patch)
    }

    /// The gate whose name is nearest to `name`, if one is near.
    pub fn nearest_feature_gate(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.gates.keys().copied())
    }

    /// Whether there is an admission plugin of this name.
    pub fn admission_plugin(&self, name: &str) -> bool {
        self.plugins.contains(name)
    }

    /// The plugin whose name is nearest to `name`, if one is near.
    pub fn nearest_admission_plugin(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.plugins.iter().copied())
    }

    /// A field by its dotted path.
    pub fn config_field(&self, kind: ConfigKind, path: &str) -> Option<&Field> {
        self.fields.get(kind.name())?.get(path)
    }

    /// Whether there are fields below `path`.
    pub fn has_config_section(&self, kind: ConfigKind, path: &str) -> bool {
        self.fields_of(kind).any(|field| field.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
    }

    /// The field whose path is nearest to `path`, if one is near.
    pub fn nearest_config_field(&self, kind: ConfigKind, path: &str) -> Option<&'static str> {
        nearest(path, self.fields_of(kind))
    }

    fn fields_of(&self, kind: ConfigKind) -> impl Iterator<Item = &'static str> {
        self.fields.get(kind.name()).into_iter().flat_map(|fields| fields.keys().copied())
    }

    /// `apiVersion` of KubeProxyConfiguration.
    pub fn proxy_config_api_version(&self) -> &'static str {
        self.row.proxy_config
    }

    /// `apiVersion` of KubeSchedulerConfiguration.
    pub fn scheduler_config_api_version(&self) -> &'static str {
        self.row.scheduler_config
    }

    /// How KubeProxyConfiguration has its feature gates.
    pub fn proxy_feature_gates_form(&self) -> GatesForm {
        self.row.proxy_gates
    }

    /// The gate without which `mode: ipvs` silently runs iptables.
    pub fn ipvs_feature_gate(&self) -> Option<&'static str> {
        self.row.ipvs_gate
    }
}

fn grouped<T>(rows: impl Iterator<Item = (&'static str, &'static str, T)>) -> Table<T> {
    let mut table = Table::new();
    for (group, name, row) in rows {
        table.entry(group).or_insert_with(BTreeMap::new).insert(name, row);
    }
    table
}

/// The nearest of `names`, if it could be what was meant: at most a third of its letters differ.
fn nearest(name: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let folded = name.to_lowercase();
    let length = folded.chars().count();
    if length == 0 {
        return None;
    }
    names
        // Lengths alone tell that most differ by more, and comparing takes time and space of the product of both.
        .filter(|known| length.abs_diff(known.len()) * 3 <= known.len().max(3))
        .map(|known| (strsim::damerau_levenshtein(&folded, &known.to_lowercase()), known))
        .min()
        .filter(|(distance, known)| distance * 3 <= known.len().max(3))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release() -> &'static Release {
        Release::of("1.9.6").unwrap()
    }

    #[test]
    fn knows_every_flag_of_1_9() {
        let count = |c: Component| release().flags[c.name()].len();
        let counts = [
            Component::ApiServer,
            Component::ControllerManager,
            Component::Proxy,
            Component::Scheduler,
            Component::Kubelet,
        ]
        .map(count);
        assert_eq!(counts, [138, 95, 47, 37, 174]);
    }

    #[test]
    fn knows_gates_by_patch_version() {
        let known = |patch| release().gates.values().filter(|since| **since <= patch).count();
        assert_eq!((known(0), known(4)), (37, 40));
        assert!(release().feature_gate("VolumeSubpath", 0).is_none());
        assert!(release().feature_gate("VolumeSubpath", 4).is_some());
        assert_eq!(release().plugins.len(), 32);
    }

    #[test]
    fn words_of_a_flag_are_joined_by_either() {
        let flag = |name| release().flag(Component::ControllerManager, name).is_some();
        assert!(flag("concurrent_rc_syncs") && flag("concurrent-rc-syncs") && !flag("concurrent.rc.syncs"));
    }

    #[test]
    fn names_the_nearest_only_when_it_is_near() {
        let nearest = |name| release().nearest_flag(Component::ApiServer, name);
        assert_eq!(nearest("admision_control"), Some("admission-control"));
        assert_eq!(nearest("make-it-fast"), None);
        assert_eq!(release().nearest_feature_gate("supportIPVSproxymode"), Some("SupportIPVSProxyMode"));
    }

    #[test]
    fn few_flags_count_beside_a_configuration_file() {
        let counts = |name| release().counts_beside_config(Component::Proxy, name);
        assert!(counts("master") && counts("v") && counts("feature_gates") && counts("cleanup-iptables"));
        assert!(!counts("hostname-override") && !counts("proxy-mode"));
        assert!(release().counts_beside_config(Component::Kubelet, "hostname-override"));
    }

    #[test]
    fn refuses_versions_without_tables() {
        for bad in ["1.9", "1.9.6.1", "v1.9.6", "1.9.x", "", "1..6", "1.09.6", "1.9.6-rc.1"] {
            assert!(matches!(Release::of(bad), Err(UnknownRelease::Malformed(_))), "{bad}");
        }
        assert!(matches!(Release::of("1.10.0"), Err(UnknownRelease::Unknown(_))));
    }
}
