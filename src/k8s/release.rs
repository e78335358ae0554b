//! The tables of a Kubernetes version in `data/` -> what its components know: flags, feature gates, admission plugins
//! and configuration fields.
//!
//! A new version is a directory of tables and a row in `row.rs`.

mod forms;
mod row;
mod table;
mod value;

use row::{RELEASES, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;
use table::rows;

pub use forms::{GatesForm, Packaging, Serving};

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
    Kubelet,
}

impl ConfigKind {
    /// Its `kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduler => "KubeSchedulerConfiguration",
            Self::Proxy => "KubeProxyConfiguration",
            Self::Kubelet => "KubeletConfiguration",
        }
    }
}

impl fmt::Display for ConfigKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
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
    /// Whether it is without effect as soon as there is a configuration file.
    ignored: bool,
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

/// A feature gate.
struct Gate {
    /// The first patch version that knows it.
    since: u32,
    /// The value that it always has: with the other one no component starts.
    locked: Option<bool>,
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
    gates: BTreeMap<&'static str, Gate>,
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
        let tables = &row.tables;
        Self {
            row,
            flags: grouped(rows(tables.flags).map(|[component, flag, kind, deprecated, note, ignored]| {
                let flag_is = Flag { kind, deprecated: deprecated == "yes", note, ignored: ignored == "ignored" };
                (component, flag.trim_start_matches('-'), flag_is)
            })),
            gates: rows(tables.feature_gates)
                .map(|[gate, _stage, default, since, locked]| {
                    let locked = (locked == "locked").then_some(default == "true");
                    (gate, Gate { since: since.parse().unwrap_or(0), locked })
                })
                .collect(),
            plugins: rows(tables.admission_plugins).map(|[plugin]| plugin).collect(),
            fields: grouped(rows(tables.config_fields).map(|[kind, field, of]| (kind, field, Field { kind: of }))),
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

    /// Whether a component still heeds a flag beside `--config`. kube-proxy takes the file for all that flags could say,
    /// but for the few that do one thing and exit and those of linked packages, such as the log. So did kube-scheduler,
    /// which later ignores only what it calls deprecated. The kubelet's flags override its file.
    pub fn counts_beside_config(&self, component: Component, name: &str) -> bool {
        self.flag(component, name).is_none_or(|flag| !flag.ignored)
    }

    /// The gate as this patch version knows it: the first one that does.
    pub fn feature_gate(&self, name: &str, patch: u32) -> Option<u32> {
        self.gates.get(name).map(|gate| gate.since).filter(|since| *since <= patch)
    }

    /// The value of a gate that can have no other: `cannot set feature gate ... to false, feature is locked to true`
    /// (component-base/featuregate).
    pub fn locked_feature_gate(&self, name: &str) -> Option<bool> {
        self.gates.get(name)?.locked
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
mod tests;
