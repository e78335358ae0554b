//! Kubeconfigs of every kind -> read by structures that have what client-go's have (tools/clientcmd/api/v1/types.go).

use base64ct::{Base64, Encoding};
use serde::Deserialize;
use std::collections::BTreeMap;
use tinderbox::k8s::kubeconfig::{Authority, Credentials, Kubeconfig};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case)]
struct Config {
    apiVersion: String,
    kind: String,
    clusters: Vec<Named>,
    #[serde(default)]
    users: Vec<Named>,
    contexts: Vec<Named>,
    #[serde(rename = "current-context")]
    current_context: String,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    value: BTreeMap<String, BTreeMap<String, String>>,
}

impl Named {
    /// The fields of the one value, which is of this kind.
    fn fields(&self, kind: &str) -> Vec<(&str, &str)> {
        assert_eq!(self.value.keys().collect::<Vec<_>>(), [kind]);
        self.value[kind].iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

const SERVER: &str = "https://192.168.1.5:6443";
const PEM: &str = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

fn base(user: Option<(&'static str, Credentials<'static>)>, authority: Option<Authority<'static>>) -> Config {
    let config = Kubeconfig { server: SERVER, authority, user, cluster: "lab", context: "here" };
    serde_yaml::from_str(&config.text()).unwrap()
}

#[test]
fn names_who_one_is_in_every_way() {
    let ca = Some(Authority::File("/etc/kubernetes/ssl/ca.crt"));
    let data = Base64::encode_string(PEM.as_bytes());
    for (credentials, expected) in [
        (
            Credentials::Files { certificate: "/a.crt", key: "/a.key" },
            vec![("client-certificate", "/a.crt"), ("client-key", "/a.key")],
        ),
        (
            Credentials::Pem { certificate: PEM, key: PEM },
            vec![("client-certificate-data", data.as_str()), ("client-key-data", &data)],
        ),
        (Credentials::Token("123456.1234567890123456"), vec![("token", "123456.1234567890123456")]),
    ] {
        let config = base(Some(("me", credentials)), ca);
        assert_eq!((config.apiVersion.as_str(), config.kind.as_str()), ("v1", "Config"));
        let [user] = &config.users[..] else { panic!("one user") };
        assert_eq!((user.name.as_str(), user.fields("user")), ("me", expected));
        let [context] = &config.contexts[..] else { panic!("one context") };
        assert_eq!(context.fields("context"), [("cluster", "lab"), ("user", "me")]);
        assert_eq!((context.name.as_str(), config.current_context.as_str()), ("here", "here"));
        let [cluster] = &config.clusters[..] else { panic!("one cluster") };
        assert_eq!(cluster.name, "lab");
        assert_eq!(
            cluster.fields("cluster"),
            [("certificate-authority", "/etc/kubernetes/ssl/ca.crt"), ("server", SERVER)]
        );
    }
    let embedded = base(None, Some(Authority::Pem(PEM)));
    assert_eq!(
        embedded.clusters[0].fields("cluster"),
        [("certificate-authority-data", data.as_str()), ("server", SERVER)]
    );
}

#[test]
fn nobody_is_nobody() {
    let nobody =
        Kubeconfig { server: "http://127.0.0.1:8080", authority: None, user: None, cluster: "lab", context: "here" };
    let text = nobody.text();
    let config: Config = serde_yaml::from_str(&text).unwrap();
    assert!(config.users.is_empty() && !text.contains("user"));
    assert_eq!(config.contexts[0].fields("context"), [("cluster", "lab")]);
}
