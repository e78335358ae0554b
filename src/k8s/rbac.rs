//! Who may do what -> ServiceAccounts, ClusterRoles and their bindings (core/v1, rbac.authorization.k8s.io/v1).
//!
//! Version v1 is there since Kubernetes 1.8.

use super::object::{Metadata, SYSTEM_NAMESPACE};
use crate::text::yaml::Yaml;

const GROUP: &str = "rbac.authorization.k8s.io";
const API_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// An identity for pods of `kube-system`.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// Its name.
    pub name: &'static str,
}

/// What may be done, in every namespace.
#[derive(Clone, Debug)]
pub struct ClusterRole {
    /// Its name.
    pub name: String,
    /// What it allows.
    pub rules: Vec<Rule>,
}

/// Verbs on resources.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// API groups; the empty text is the core group.
    pub groups: &'static [&'static str],
    /// Resources, as `nodes` or `nodes/status`.
    pub resources: &'static [&'static str],
    /// Verbs.
    pub verbs: &'static [&'static str],
}

/// Gives a ClusterRole to subjects.
#[derive(Clone, Debug)]
pub struct ClusterRoleBinding {
    /// Its name.
    pub name: String,
    /// Name of the ClusterRole.
    pub role: String,
    /// Who gets it.
    pub subjects: Vec<Subject>,
}

/// Who may do something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    /// A user by name.
    User(String),
    /// A group by name.
    Group(String),
    /// A ServiceAccount of `kube-system` by name.
    ServiceAccount(&'static str),
}

impl ServiceAccount {
    /// The object.
    pub fn yaml(&self) -> Yaml {
        Metadata::in_kube_system(self.name).object("v1", "ServiceAccount", [])
    }
}

impl ClusterRole {
    /// The object.
    pub fn yaml(&self) -> Yaml {
        let words = |words: &[&'static str]| Yaml::seq(words.iter().copied());
        let rule = |rule: &Rule| {
            Yaml::map([
                ("apiGroups", words(rule.groups)),
                ("resources", words(rule.resources)),
                ("verbs", words(rule.verbs)),
            ])
        };
        let rules = Yaml::seq(self.rules.iter().map(rule));
        Metadata::of_the_cluster(self.name.as_str()).object(API_VERSION, "ClusterRole", [("rules", rules)])
    }
}

impl ClusterRoleBinding {
    /// The object.
    pub fn yaml(&self) -> Yaml {
        let role = Yaml::map([("apiGroup", GROUP), ("kind", "ClusterRole"), ("name", &self.role)]);
        let subjects = Yaml::seq(self.subjects.iter().map(Subject::yaml));
        let fields = [("roleRef", role), ("subjects", subjects)];
        Metadata::of_the_cluster(self.name.as_str()).object(API_VERSION, "ClusterRoleBinding", fields)
    }
}

impl Subject {
    fn yaml(&self) -> Yaml {
        match self {
            Self::User(name) => Yaml::map([("apiGroup", GROUP), ("kind", "User"), ("name", name)]),
            Self::Group(name) => Yaml::map([("apiGroup", GROUP), ("kind", "Group"), ("name", name)]),
            Self::ServiceAccount(name) => {
                Yaml::map([("kind", "ServiceAccount"), ("name", name), ("namespace", SYSTEM_NAMESPACE)])
            }
        }
    }
}

/// A ServiceAccount, a ClusterRole and the binding of the two, all of the same name: what most add-ons need.
pub(super) fn account_with_role(name: &'static str, rules: Vec<Rule>) -> [Yaml; 3] {
    let role = ClusterRole { name: name.to_owned(), rules };
    let binding = ClusterRoleBinding {
        name: name.to_owned(),
        role: name.to_owned(),
        subjects: vec![Subject::ServiceAccount(name)],
    };
    [ServiceAccount { name }.yaml(), role.yaml(), binding.yaml()]
}
