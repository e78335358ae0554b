//! A server, whom to trust and who one is -> a kubeconfig (client-go, tools/clientcmd/api/v1/types.go).

use crate::text::yaml::{Yaml, write};
use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

/// A kubeconfig with one cluster and one context. It cannot be shown, as its credentials must not be.
#[derive(Clone, Copy)]
pub struct Kubeconfig<'a> {
    /// URL of the API server.
    pub server: &'a str,
    /// Who signed the server's certificate; `None` for the authorities of the machine, or for plain HTTP.
    pub authority: Option<Authority<'a>>,
    /// Name and credentials of the user; `None` for nobody.
    pub user: Option<(&'a str, Credentials<'a>)>,
    /// Name of the cluster.
    pub cluster: &'a str,
    /// Name of the context.
    pub context: &'a str,
}

/// Certificates of authorities.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// In this file.
    File(&'a str),
    /// These, in PEM.
    Pem(&'a str),
}

/// What a user shows. Paths are read as they are when absolute, else relative to the kubeconfig.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub enum Credentials<'a> {
    /// A client certificate and its key in files.
    Files { certificate: &'a str, key: &'a str },
    /// A client certificate and its key, in PEM.
    Pem { certificate: &'a str, key: &'a str },
    /// A token.
    Token(&'a str),
}

impl Kubeconfig<'_> {
    /// The file as YAML. It is wiped from memory when dropped, as it may hold a key or a token.
    pub fn text(&self) -> Zeroizing<String> {
        let named =
            |name: &str, kind: &'static str, value| Yaml::seq([Yaml::map([("name", name.into()), (kind, value)])]);
        let mut cluster = vec![("server", Yaml::from(self.server))];
        cluster.extend(self.authority.as_ref().map(|authority| match *authority {
            Authority::File(path) => ("certificate-authority", path.into()),
            Authority::Pem(pem) => ("certificate-authority-data", base64(pem)),
        }));
        let mut context = vec![("cluster", Yaml::from(self.cluster))];
        context.extend(self.user.map(|(name, _)| ("user", name.into())));

        let mut config = vec![
            ("apiVersion", "v1".into()),
            ("kind", "Config".into()),
            ("clusters", named(self.cluster, "cluster", Yaml::map(cluster))),
        ];
        config.extend(self.user.map(|(name, credentials)| ("users", named(name, "user", credentials.yaml()))));
        config.push(("contexts", named(self.context, "context", Yaml::map(context))));
        config.push(("current-context", self.context.into()));
        Zeroizing::new(write(&Yaml::map(config)))
    }
}

impl Credentials<'_> {
    fn yaml(self) -> Yaml {
        match self {
            Self::Files { certificate, key } => Yaml::map([("client-certificate", certificate), ("client-key", key)]),
            Self::Pem { certificate, key } => {
                Yaml::map([("client-certificate-data", base64(certificate)), ("client-key-data", base64(key))])
            }
            Self::Token(token) => Yaml::map([("token", token)]),
        }
    }
}

/// Bytes are base64 with padding in JSON and so in YAML (Go, encoding/json).
fn base64(text: &str) -> Yaml {
    Yaml::Str(Base64::encode_string(text.as_bytes()))
}
