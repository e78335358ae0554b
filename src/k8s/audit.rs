//! A version of the audit API -> the policy by which the API server says who did what (`--audit-policy-file`).
//!
//! Of a request the first rule that matches says how much is kept. So what is only noise comes first, then what must
//! not be kept in full, then the rest. How it works: Kubernetes 1.9.4, staging/src/k8s.io/apiserver/pkg/audit/policy
//! (checker.go), and apis/audit/validation for what is refused. The choice of noise is that of
//! cluster/gce/gci/configure-helper.sh, and what later versions do beyond; a rule for something that a version has not
//! matches nothing.

use crate::text::yaml::{Yaml, write};

/// A version of the group audit.k8s.io.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AuditApi {
    /// Kubernetes 1.8 to 1.23.
    V1Beta1,
    /// Since 1.12.
    V1,
}

impl AuditApi {
    /// The text of `apiVersion`.
    pub fn version(self) -> &'static str {
        match self {
            Self::V1Beta1 => "audit.k8s.io/v1beta1",
            Self::V1 => "audit.k8s.io/v1",
        }
    }
}

/// How much of a request is kept.
#[derive(Clone, Copy)]
enum Level {
    /// Nothing.
    None,
    /// Who, what, when and the answer's status.
    Metadata,
    /// And what was sent.
    Request,
}

/// Requests, and how much of them is kept. What is empty matches everything.
struct Rule {
    level: Level,
    users: &'static [&'static str],
    groups: &'static [&'static str],
    verbs: &'static [&'static str],
    namespaces: &'static [&'static str],
    /// API groups, each with resources and names of objects.
    resources: &'static [Resources],
    urls: &'static [&'static str],
}

type Resources = (&'static str, &'static [&'static str], &'static [&'static str]);

const READS: &[&str] = &["get", "list", "watch"];
const WRITES: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

const fn any(level: Level) -> Rule {
    Rule { level, users: &[], groups: &[], verbs: &[], namespaces: &[], resources: &[], urls: &[] }
}

/// The policy, in order.
const RULES: &[Rule] = &[
    // Every kube-proxy follows all services.
    Rule {
        users: &["system:kube-proxy"],
        verbs: READS,
        resources: &[
            ("", &["endpoints", "services", "services/status", "nodes"], &[]),
            ("discovery.k8s.io", &["endpointslices"], &[]),
        ],
        ..any(Level::None)
    },
    // Every kubelet looks at its own node every ten seconds, and renews its lease.
    Rule {
        groups: &["system:nodes"],
        verbs: &["get"],
        resources: &[("", &["nodes", "nodes/status"], &[])],
        ..any(Level::None)
    },
    Rule {
        groups: &["system:nodes"],
        verbs: &["get", "update"],
        resources: &[("coordination.k8s.io", &["leases"], &[])],
        ..any(Level::None)
    },
    // Who leads is renewed every two seconds, by those who lead. On the insecure port everybody is system:unsecured, so
    // the objects are named as well.
    Rule {
        users: &["system:kube-controller-manager", "system:kube-scheduler", "system:unsecured"],
        verbs: &["get", "update"],
        namespaces: &["kube-system"],
        resources: &[
            ("", &["endpoints", "configmaps"], &["kube-controller-manager", "kube-scheduler"]),
            ("coordination.k8s.io", &["leases"], &["kube-controller-manager", "kube-scheduler"]),
        ],
        ..any(Level::None)
    },
    // The API server asks itself.
    Rule {
        users: &["system:apiserver"],
        verbs: &["get"],
        resources: &[("", &["namespaces", "namespaces/status", "namespaces/finalize"], &[])],
        ..any(Level::None)
    },
    // Health, version and the description of the API.
    Rule {
        verbs: &["get"],
        urls: &["/healthz*", "/livez*", "/readyz*", "/version", "/swagger*", "/openapi*"],
        ..any(Level::None)
    },
    // Events are a log already.
    Rule { resources: &[("", &["events"], &[]), ("events.k8s.io", &["events"], &[])], ..any(Level::None) },
    // These hold secrets, which have no place in a log. So may the objects of groups that are not known below.
    Rule {
        resources: &[
            ("", &["secrets", "configmaps", "serviceaccounts/token"], &[]),
            ("authentication.k8s.io", &["tokenreviews"], &[]),
        ],
        ..any(Level::Metadata)
    },
    // What nodes say of themselves and their pods is much and often.
    Rule {
        groups: &["system:nodes"],
        verbs: &["update", "patch"],
        resources: &[("", &["nodes/status", "pods/status"], &[])],
        ..any(Level::Metadata)
    },
    // What was changed, and to what, in the groups that Kubernetes itself has; not in authorization.k8s.io, where to
    // create is to ask.
    Rule {
        verbs: WRITES,
        resources: &[
            ("", &[], &[]),
            ("admissionregistration.k8s.io", &[], &[]),
            ("apiextensions.k8s.io", &[], &[]),
            ("apiregistration.k8s.io", &[], &[]),
            ("apps", &[], &[]),
            ("autoscaling", &[], &[]),
            ("batch", &[], &[]),
            ("certificates.k8s.io", &[], &[]),
            ("extensions", &[], &[]),
            ("flowcontrol.apiserver.k8s.io", &[], &[]),
            ("networking.k8s.io", &[], &[]),
            ("node.k8s.io", &[], &[]),
            ("policy", &[], &[]),
            ("rbac.authorization.k8s.io", &[], &[]),
            ("scheduling.k8s.io", &[], &[]),
            ("storage.k8s.io", &[], &[]),
        ],
        ..any(Level::Request)
    },
    // Everything else: reads, and what is written in other groups. A command in a pod (`pods/exec`) is in the URL.
    any(Level::Metadata),
];

/// The policy. What is kept is kept once a request is answered or its answer has begun, not when it comes in.
pub fn audit_policy(api: AuditApi) -> String {
    write(&Yaml::map([
        ("apiVersion", api.version().into()),
        ("kind", "Policy".into()),
        ("omitStages", Yaml::seq(["RequestReceived"])),
        ("rules", Yaml::seq(RULES.iter().map(Rule::yaml))),
    ]))
}

impl Rule {
    fn yaml(&self) -> Yaml {
        let level = match self.level {
            Level::None => "None",
            Level::Metadata => "Metadata",
            Level::Request => "Request",
        };
        let mut rule = vec![("level", level.into())];
        rule.extend(words("users", self.users));
        rule.extend(words("userGroups", self.groups));
        rule.extend(words("verbs", self.verbs));
        rule.extend(words("namespaces", self.namespaces));
        if !self.resources.is_empty() {
            rule.push(("resources", Yaml::seq(self.resources.iter().map(resources))));
        }
        rule.extend(words("nonResourceURLs", self.urls));
        Yaml::map(rule)
    }
}

fn resources(&(group, names, objects): &Resources) -> Yaml {
    let mut of = vec![("group", group.into())];
    of.extend(words("resources", names));
    of.extend(words("resourceNames", objects));
    Yaml::map(of)
}

fn words(name: &'static str, words: &'static [&'static str]) -> Option<(&'static str, Yaml)> {
    (!words.is_empty()).then(|| (name, Yaml::seq(words.iter().copied())))
}
