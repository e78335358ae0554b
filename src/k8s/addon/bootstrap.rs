//! A group and a token -> what lets a new node ask for its certificate and get it without anybody's help.
//!
//! A kubelet shows the token, asks for a certificate (CertificateSigningRequest), and the controller manager signs it;
//! later it renews it with the one it has.
//!
//! Sources: Kubernetes 1.9.4, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go for the roles that are there by
//! themselves, pkg/bootstrap/api/types.go and plugin/pkg/auth/authenticator/token/bootstrap for tokens.

use crate::k8s::object::Metadata;
use crate::k8s::rbac::{ClusterRole, ClusterRoleBinding, Rule, Subject};
use crate::text::yaml::{Yaml, write};
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// The user of the API server's client certificate when it asks kubelets, unless another is wanted.
pub const KUBELET_CLIENT: &str = "kube-apiserver-kubelet-client";

/// Our role, as `system:kubelet-api-admin` is not among those of 1.9 (it came with 1.10).
const KUBELET_API_ADMIN: &str = "tinderbox:kubelet-api-admin";

/// Bindings by which tokens of `group` get node certificates, nodes renew theirs, and the user `kubelet_client` may use
/// the API of kubelets. The objects are in the order they are to be made.
pub fn bindings(group: &BootstrapGroup, kubelet_client: &str) -> Vec<Yaml> {
    let requests = "system:certificates.k8s.io:certificatesigningrequests";
    let group = || Subject::Group(group.0.clone());
    // By 1.9.4's cluster/addons/rbac/kubelet-api-auth/kubelet-api-admin-role.yaml, with the reads of nodes that 1.10's
    // role has. The subresources are those that the kubelet asks the API server for (pkg/kubelet/server/auth.go).
    let role = ClusterRole {
        name: KUBELET_API_ADMIN.to_owned(),
        rules: vec![
            Rule { groups: &[""], resources: &["nodes"], verbs: &["get", "list", "watch", "proxy"] },
            Rule {
                groups: &[""],
                resources: &["nodes/log", "nodes/metrics", "nodes/proxy", "nodes/spec", "nodes/stats"],
                verbs: &["*"],
            },
        ],
    };
    let binding = |name: &str, role: &str, subject| {
        ClusterRoleBinding { name: format!("tinderbox:{name}"), role: role.to_owned(), subjects: vec![subject] }.yaml()
    };
    vec![
        binding("node-bootstrapper", "system:node-bootstrapper", group()),
        binding("approve-node-client", &format!("{requests}:nodeclient"), group()),
        binding("renew-node-client", &format!("{requests}:selfnodeclient"), Subject::Group("system:nodes".to_owned())),
        role.yaml(),
        binding("kubelet-api-admin", KUBELET_API_ADMIN, Subject::User(kubelet_client.to_owned())),
    ]
}

/// A group that tokens may give: `system:bootstrappers:` and a name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BootstrapGroup(String);

/// A text that is no group of tokens.
#[derive(Debug, Error, Eq, PartialEq)]
#[error("must be \"system:bootstrappers:\" and a name of a-z, 0-9, '-' and ':' that ends in a letter or digit")]
pub struct GroupError;

impl BootstrapGroup {
    /// `text`, if the API server takes it for a group of tokens (`BootstrapGroupPattern`).
    ///
    /// # Errors
    /// When it does not: it then takes no token that has the group.
    pub fn parse(text: &str) -> Result<Self, GroupError> {
        let name = text.strip_prefix("system:bootstrappers:").ok_or(GroupError)?;
        let known = |byte: u8| is_token_byte(byte) || byte == b'-' || byte == b':';
        let ends_well = name.bytes().last().is_some_and(is_token_byte);
        match name.len() <= 256 && name.bytes().all(known) && ends_well {
            true => Ok(Self(text.to_owned())),
            false => Err(GroupError),
        }
    }

    /// The group's name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// A bootstrap token: a public id and a secret, which is wiped from memory when dropped and never shown.
#[derive(Clone, Eq, PartialEq)]
pub struct BootstrapToken {
    id: String,
    secret: Zeroizing<String>,
}

/// A text that is no token. It does not hold the text.
#[derive(Debug, Error, Eq, PartialEq)]
#[error("must be six of a-z and 0-9, a dot, and sixteen of a-z and 0-9")]
pub struct TokenError;

impl BootstrapToken {
    /// Reads `id.secret`, as `tokenRegexpString` in plugin/pkg/auth/authenticator/token/bootstrap does.
    ///
    /// # Errors
    /// When it has another form.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let (id, secret) = text.split_once('.').ok_or(TokenError)?;
        let is_word = |word: &str, length| word.len() == length && word.bytes().all(is_token_byte);
        match is_word(id, 6) && is_word(secret, 16) {
            true => Ok(Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_owned()) }),
            false => Err(TokenError),
        }
    }

    /// The part that is no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `id.secret`, as a kubeconfig has it.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(23));
        for part in [&self.id, ".", &self.secret] {
            text.push_str(part);
        }
        text
    }

    /// The manifest of the Secret that makes the API server take the token, for authentication only, until `expiration`
    /// (RFC 3339; one that cannot be read counts as over), and with it gives `groups` besides `system:bootstrappers`.
    /// The API server must run with `--enable-bootstrap-token-auth`.
    pub fn secret(&self, expiration: Option<&str>, groups: &[BootstrapGroup]) -> Zeroizing<String> {
        let mut data = vec![("token-id", Yaml::from(self.id.as_str())), ("token-secret", self.secret.as_str().into())];
        data.extend(expiration.map(|time| ("expiration", time.into())));
        data.push(("usage-bootstrap-authentication", "true".into()));
        if !groups.is_empty() {
            let names: Vec<_> = groups.iter().map(BootstrapGroup::name).collect();
            data.push(("auth-extra-groups", names.join(",").into()));
        }
        let fields = [("type", "bootstrap.kubernetes.io/token".into()), ("stringData", Yaml::map(data))];
        let metadata = Metadata::in_kube_system(format!("bootstrap-token-{}", self.id));
        Zeroizing::new(write(&metadata.object("v1", "Secret", fields)))
    }
}

impl fmt::Debug for BootstrapToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BootstrapToken({}.…)", self.id)
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}
