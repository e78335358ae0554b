//! Files that the API server reads when it starts -> read by structures that have what its own have, where an unknown key
//! is an error.

mod common;

use common::api::read;
use serde::Deserialize;
use std::collections::BTreeMap;
use tinderbox::k8s::audit::{AuditApi, audit_policy};
use tinderbox::k8s::encryption::{EncryptionApi, EncryptionKey, EncryptionKeyError, EncryptionKeys, SameName};

/// types.go of staging/src/k8s.io/apiserver/pkg/server/options/encryptionconfig, Kubernetes 1.9.4.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case)]
struct Encryption {
    apiVersion: String,
    kind: String,
    resources: Vec<EncryptedResources>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EncryptedResources {
    resources: Vec<String>,
    providers: Vec<BTreeMap<String, Provider>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Provider {
    keys: Vec<BTreeMap<String, String>>,
}

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[test]
fn the_first_key_writes_and_identity_comes_last() {
    let keys = |writer: &str, older: &[&str]| {
        let key = |name: &str| EncryptionKey::parse(name, KEY).unwrap();
        EncryptionKeys::new(key(writer), older.iter().map(|name| key(name)).collect())
    };
    let file: Encryption =
        read("encryption", &keys("2026", &["b", "c"]).unwrap().config(EncryptionApi::EncryptionConfig));
    assert_eq!((file.apiVersion.as_str(), file.kind.as_str()), ("v1", "EncryptionConfig"));
    let [of] = &file.resources[..] else { panic!("one") };
    assert_eq!(of.resources, ["secrets"]);
    let names: Vec<_> = of.providers.iter().map(|p| p.keys().collect::<Vec<_>>()).collect();
    assert_eq!(names, [["aescbc"], ["identity"]]);
    let written: Vec<_> =
        of.providers[0]["aescbc"].keys.iter().map(|k| (k["name"].as_str(), k["secret"].as_str())).collect();
    assert_eq!(written, [("2026", KEY), ("b", KEY), ("c", KEY)]);
    let file: Encryption = read("encryption", &keys("k", &[]).unwrap().config(EncryptionApi::V1));
    assert_eq!(
        (file.apiVersion.as_str(), file.kind.as_str()),
        ("apiserver.config.k8s.io/v1", "EncryptionConfiguration")
    );
    assert_eq!(keys("a", &["b", "a"]).err(), Some(SameName("a".to_owned())));
}

#[test]
fn refuses_what_is_no_key() {
    use EncryptionKeyError::{Length, Name, NotBase64};
    for (name, key, error) in [
        ("", KEY, Name),
        ("a:b", KEY, Name),
        ("a b", KEY, Name),
        ("k", "", Length(0)),
        ("k", "AAECAwQFBgcICQoLDA0ODw==", Length(16)),
        ("k", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", Length(31)),
        ("k", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", NotBase64),
        ("k", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", NotBase64),
        ("k", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh_=", NotBase64),
        ("k", "not base64", NotBase64),
    ] {
        assert_eq!(EncryptionKey::parse(name, key).err(), Some(error), "{name:?} {key:?}");
    }
}

/// types.go of staging/src/k8s.io/apiserver/pkg/apis/audit/v1beta1, Kubernetes 1.9.4.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case)]
struct Policy {
    apiVersion: String,
    kind: String,
    omitStages: Vec<String>,
    rules: Vec<PolicyRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(non_snake_case)]
#[derive(Default)]
struct PolicyRule {
    level: String,
    users: Vec<String>,
    userGroups: Vec<String>,
    verbs: Vec<String>,
    namespaces: Vec<String>,
    resources: Vec<GroupResources>,
    nonResourceURLs: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(non_snake_case)]
struct GroupResources {
    group: String,
    resources: Vec<String>,
    resourceNames: Vec<String>,
}

/// The level of a request for a resource in `kube-system`, as checker.go finds it. `user` has one group.
fn level(
    policy: &Policy,
    (user, group): (&str, &str),
    verb: &str,
    (api, resource, name): (&str, &str, &str),
) -> String {
    let has = |list: &[String], item: &str| list.is_empty() || list.iter().any(|of| of == item);
    let rule = policy.rules.iter().find(|rule| {
        let of_group =
            |r: &GroupResources| r.group == api && has(&r.resources, resource) && has(&r.resourceNames, name);
        has(&rule.users, user)
            && has(&rule.userGroups, group)
            && has(&rule.verbs, verb)
            && has(&rule.namespaces, "kube-system")
            && (rule.resources.is_empty() || rule.resources.iter().any(of_group))
            && rule.nonResourceURLs.is_empty()
    });
    rule.unwrap().level.clone()
}

#[test]
fn the_audit_policy_keeps_changes_and_no_secrets() {
    let policy: Policy = read("audit policy", &audit_policy(AuditApi::V1Beta1));
    assert_eq!((policy.apiVersion.as_str(), policy.kind.as_str()), ("audit.k8s.io/v1beta1", "Policy"));
    assert_eq!(policy.omitStages, ["RequestReceived"]);
    assert!(audit_policy(AuditApi::V1).starts_with("apiVersion: audit.k8s.io/v1\n"));

    let admin = ("admin", "system:masters");
    let node = ("system:node:n", "system:nodes");
    let scheduler = ("system:kube-scheduler", "system:authenticated");
    let proxy = ("system:kube-proxy", "system:authenticated");
    let level = |who, verb, what| level(&policy, who, verb, what);
    for verb in ["get", "create", "update", "delete"] {
        for secret in [("", "secrets", "s"), ("", "configmaps", "c"), ("authentication.k8s.io", "tokenreviews", "")] {
            assert_eq!(level(admin, verb, secret), "Metadata", "{verb} {secret:?}");
            assert_eq!(level(node, verb, secret), "Metadata", "{verb} {secret:?}");
        }
    }
    for (who, verb, what, expected) in [
        (proxy, "watch", ("", "endpoints", ""), "None"),
        (proxy, "update", ("", "endpoints", "x"), "Request"),
        (node, "get", ("", "nodes", "n"), "None"),
        (node, "patch", ("", "nodes/status", "n"), "Metadata"),
        (node, "delete", ("", "pods", "p"), "Request"),
        (admin, "get", ("", "nodes", "n"), "Metadata"),
        (scheduler, "update", ("", "endpoints", "kube-scheduler"), "None"),
        (scheduler, "update", ("", "endpoints", "mine"), "Request"),
        (admin, "update", ("", "endpoints", "kube-scheduler"), "Request"),
        (admin, "create", ("rbac.authorization.k8s.io", "clusterrolebindings", "x"), "Request"),
        (admin, "create", ("example.com", "things", "x"), "Metadata"),
        (admin, "list", ("apps", "deployments", ""), "Metadata"),
        (admin, "create", ("", "events", ""), "None"),
    ] {
        assert_eq!(level(who, verb, what), expected, "{who:?} {verb} {what:?}");
    }
    // Validation refuses a rule for both.
    assert!(policy.rules.iter().all(|rule| rule.nonResourceURLs.is_empty() || rule.resources.is_empty()));
    assert!(
        policy.rules.iter().flat_map(|r| &r.resources).all(|r| r.resourceNames.is_empty() || !r.resources.is_empty())
    );
}
