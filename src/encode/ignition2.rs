//! A machine -> Ignition JSON of spec 2.3.0, byte for byte what `ct -strict` 0.9.4 makes of its Container Linux Config.
//!
//! Key order, omitted fields and escapes are those of Go's encoding/json over ignition's config/v2_3/types.

use super::go_json::{Escapes, compact};
use crate::machine::{ETCD_DROP_IN, EtcdMember, FLANNEL_DROP_IN, FlannelDaemon, Machine, Setting};
use crate::text::data_url::data_url;
use serde::Serialize;

/// The Ignition config of a machine: compact, without a final newline.
pub fn config(machine: &Machine) -> Vec<u8> {
    let length: usize = machine.files.iter().map(|f| f.content.len() * 2 + 200).sum();
    compact(&Config::of(machine), Escapes::Short, length + 8192)
}

/// The text of the drop-in that ct writes for the section `etcd`.
pub fn etcd_drop_in(etcd: &EtcdMember) -> String {
    /// The order of the fields in ct's structs for etcd 3.x (config/types/etcd.go), not the one in the config.
    const ORDER: [&str; 17] = [
        "name",
        "listen_peer_urls",
        "listen_client_urls",
        "initial_advertise_peer_urls",
        "initial_cluster",
        "initial_cluster_state",
        "initial_cluster_token",
        "advertise_client_urls",
        "enable_v2",
        "cert_file",
        "key_file",
        "client_cert_auth",
        "trusted_ca_file",
        "peer_cert_file",
        "peer_key_file",
        "peer_client_cert_auth",
        "peer_trusted_ca_file",
    ];
    let version = etcd.version.as_deref().map(|version| ("ETCD_IMAGE_TAG", version));
    let options = ORDER.iter().flat_map(|name| etcd.options.iter().filter(move |(key, _)| key == name));
    drop_in("/usr/lib/coreos/etcd-wrapper $ETCD_OPTS", version, options)
}

/// The text of the drop-in that ct writes for the section `flannel`.
pub fn flannel_drop_in(flannel: &FlannelDaemon) -> String {
    drop_in("/usr/lib/coreos/flannel-wrapper $FLANNEL_OPTS", None, flannel.options.iter())
}

/// Without a final newline, as ct has it. The values are plain characters, which Go's `%q` only puts quotes around.
fn drop_in<'a>(
    command: &str,
    version: Option<(&str, &str)>,
    options: impl Iterator<Item = &'a (&'static str, Setting)>,
) -> String {
    let mut text = "[Service]\n".to_owned();
    if let Some((name, version)) = version {
        text.push_str(&format!("Environment=\"{name}=v{version}\"\n"));
    }
    text.push_str(&format!("ExecStart=\nExecStart={command}"));
    for (key, value) in options {
        let value = match value {
            Setting::Text(value) => format!("\"{value}\""),
            Setting::Bool(on) => on.to_string(),
        };
        text.push_str(&format!(" \\\n  --{}={value}", key.replace('_', "-")));
    }
    text
}

/// `{}`, where ignition has a struct without a field set.
#[derive(Default, Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Config<'a> {
    ignition: Ignition,
    networkd: Units<NetworkUnit<'a>>,
    passwd: Passwd<'a>,
    storage: Storage<'a>,
    systemd: Units<SystemdUnit<'a>>,
}

#[derive(Serialize)]
struct Ignition {
    config: Empty,
    security: Security,
    timeouts: Empty,
    version: &'static str,
}

#[derive(Default, Serialize)]
struct Security {
    tls: Empty,
}

#[derive(Serialize)]
struct Units<T> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    units: Vec<T>,
}

#[derive(Serialize)]
struct NetworkUnit<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    contents: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Passwd<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    users: Vec<User<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct User<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ssh_authorized_keys: &'a [String],
}

#[derive(Serialize)]
struct Storage<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    filesystem: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Owner>,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Owner>,
    contents: Contents,
    mode: u32,
}

#[derive(Serialize)]
struct Owner {
    id: u32,
}

#[derive(Serialize)]
struct Contents {
    source: String,
    verification: Empty,
}

#[derive(Serialize)]
struct SystemdUnit<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    contents: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dropins: Vec<DropIn<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    enable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mask: bool,
    name: &'a str,
}

#[derive(Serialize)]
struct DropIn<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    contents: std::borrow::Cow<'a, str>,
    name: &'a str,
}

impl<'a> Config<'a> {
    fn of(machine: &'a Machine) -> Self {
        let files = machine.files.iter().map(|file| File {
            filesystem: "root",
            group: owner(file.owner),
            path: &file.path,
            user: owner(file.owner),
            contents: Contents { source: data_url(&file.content), verification: Empty {} },
            mode: file.mode,
        });
        let users = machine.users.iter().map(|user| User {
            name: &user.name,
            password_hash: user.password_hash.as_deref(),
            ssh_authorized_keys: &user.ssh_authorized_keys,
        });
        let networks =
            machine.networks.iter().map(|network| NetworkUnit { contents: &network.text, name: &network.name });
        Self {
            ignition: Ignition {
                config: Empty {},
                security: Security::default(),
                timeouts: Empty {},
                version: "2.3.0",
            },
            networkd: Units { units: networks.collect() },
            passwd: Passwd { users: users.collect() },
            storage: Storage { files: files.collect() },
            systemd: Units { units: systemd_units(machine) },
        }
    }
}

/// Root is what Ignition takes without being told.
fn owner(id: u32) -> Option<Owner> {
    (id != 0).then_some(Owner { id })
}

/// What ct makes of the sections `etcd` and `flannel` comes first, as entries of their own; two entries of one name are
/// legal in spec 2.
fn systemd_units(machine: &Machine) -> Vec<SystemdUnit<'_>> {
    let sugar = |name, drop_in, text: String| SystemdUnit {
        contents: None,
        dropins: vec![DropIn { contents: text.into(), name: drop_in }],
        enable: true,
        enabled: None,
        mask: false,
        name,
    };
    let etcd = machine.etcd.iter().map(|etcd| sugar("etcd-member.service", ETCD_DROP_IN, etcd_drop_in(etcd)));
    let flannel =
        machine.flannel.iter().map(|flannel| sugar("flanneld.service", FLANNEL_DROP_IN, flannel_drop_in(flannel)));
    let own = machine.units.iter().map(|unit| SystemdUnit {
        contents: unit.text.as_deref().filter(|text| !text.is_empty()),
        dropins: unit.drop_ins.iter().map(|d| DropIn { contents: d.text.as_str().into(), name: &d.name }).collect(),
        enable: false,
        enabled: unit.enabled,
        mask: unit.mask,
        name: &unit.name,
    });
    etcd.chain(flannel).chain(own).collect()
}
