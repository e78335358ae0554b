//! A machine -> its Container Linux Config, which refers to files beside it with `local:` ([`local`]).
//!
//! The language is that of ct 0.9.4 (container-linux-config-transpiler, doc/configuration.md); the order of the sections
//! is the one a person writes them in.

use super::local;
use crate::machine::{DropIn, EtcdMember, File, FlannelDaemon, Machine, Network, Setting, Unit, User};
use crate::text::yaml::{Yaml, write_sections};

/// The Container Linux Config of a machine, with a final newline.
pub fn config(machine: &Machine) -> String {
    let mut sections: Vec<(&str, Yaml)> = Vec::new();
    let list = |key: &'static str, items: Vec<Yaml>| Yaml::map([(key, Yaml::Seq(items))]);
    if !machine.users.is_empty() {
        sections.push(("passwd", list("users", machine.users.iter().map(user).collect())));
    }
    if !machine.files.is_empty() {
        sections.push(("storage", list("files", machine.files.iter().map(file).collect())));
    }
    if !machine.networks.is_empty() {
        sections.push(("networkd", list("units", machine.networks.iter().map(network).collect())));
    }
    sections.extend(machine.etcd.as_ref().map(|e| ("etcd", etcd(e))));
    sections.extend(machine.flannel.as_ref().map(|f| ("flannel", flannel(f))));
    if !machine.units.is_empty() {
        sections.push(("systemd", list("units", machine.units.iter().map(unit).collect())));
    }
    write_sections(&Yaml::map(sections))
}

fn user(user: &User) -> Yaml {
    let mut fields = vec![("name", Yaml::from(user.name.as_str()))];
    if !user.ssh_authorized_keys.is_empty() {
        let keys = user.ssh_authorized_keys.iter().map(String::as_str);
        fields.push(("ssh_authorized_keys", Yaml::seq(keys)));
    }
    fields.extend(user.password_hash.as_deref().map(|hash| ("password_hash", hash.into())));
    Yaml::map(fields)
}

fn file(file: &File) -> Yaml {
    let mut fields =
        vec![("path", file.path.as_str().into()), ("filesystem", "root".into()), ("mode", Yaml::Octal(file.mode))];
    if file.owner != 0 {
        // By number: where Ignition runs, the operating system's users have no names yet.
        let owner = || Yaml::map([("id", i64::from(file.owner))]);
        fields.extend([("user", owner()), ("group", owner())]);
    }
    fields.push(("contents", Yaml::map([local::contents(file)])));
    Yaml::map(fields)
}

fn network(network: &Network) -> Yaml {
    Yaml::map([("name", network.name.as_str()), ("contents", &network.text)])
}

fn etcd(etcd: &EtcdMember) -> Yaml {
    let version = etcd.version.iter().map(|version| ("version", version.as_str().into()));
    Yaml::map(version.chain(etcd.options.iter().map(option)))
}

/// Never null: ct of Flatcar takes `flannel: ~` for no flannel at all, and says nothing.
fn flannel(flannel: &FlannelDaemon) -> Yaml {
    Yaml::map(flannel.options.iter().map(option))
}

fn option((key, value): &(&'static str, Setting)) -> (&'static str, Yaml) {
    let value = match value {
        Setting::Text(text) => text.as_str().into(),
        Setting::Bool(on) => (*on).into(),
    };
    (key, value)
}

fn unit(unit: &Unit) -> Yaml {
    let mut fields = vec![("name", Yaml::from(unit.name.as_str()))];
    fields.extend(unit.enabled.map(|enabled| ("enabled", enabled.into())));
    if unit.mask {
        fields.push(("mask", true.into()));
    }
    fields.extend(unit.text.as_deref().map(|text| ("contents", text.into())));
    if !unit.drop_ins.is_empty() {
        fields.push(("dropins", Yaml::seq(unit.drop_ins.iter().map(drop_in))));
    }
    Yaml::map(fields)
}

fn drop_in(drop_in: &DropIn) -> Yaml {
    Yaml::map([("name", drop_in.name.as_str()), ("contents", &drop_in.text)])
}
