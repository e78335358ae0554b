//! Files, units and manifests of the user's own -> the same on the machine, beside or in place of what is there.

use super::manifest_path;
use crate::cluster::{Cluster, Extra, Manifest, Node};
use crate::machine::{Builder, DropIn, File, Origin, Unit};
use crate::report::OptionPath;
use crate::text::yaml::{Yaml, write};

pub fn add(machine: &mut Builder, cluster: &Cluster, node: &Node) {
    add_from(machine, cluster, node, &cluster.extra, &|| OptionPath::of("cluster.extra"));
    let at_node = || OptionPath::of("cluster.nodes").attr(&node.name).attr("extra");
    add_from(machine, cluster, node, &node.extra, &at_node);
}

fn add_from(machine: &mut Builder, cluster: &Cluster, node: &Node, extra: &Extra, root: &dyn Fn() -> OptionPath) {
    let origin = |kind: &str, name: &str| Origin { writer: "extra", option: root().attr(kind).attr(name) };
    for (path, file) in &extra.files {
        let new = File {
            path: path.clone(),
            mode: file.mode,
            owner: 0,
            content: file.text.clone().into_bytes(),
            secret: false,
            origin: origin("files", path),
        };
        match file.replace {
            true => machine.replace_file(new),
            false => machine.file(new),
        }
    }
    for (name, unit) in &extra.units {
        let drop_in = |(drop_in, text): (&String, &String)| DropIn {
            name: drop_in.clone(),
            text: text.clone(),
            origin: origin("units", name),
        };
        let new = Unit {
            name: name.clone(),
            text: unit.text.clone(),
            enabled: unit.enable,
            mask: unit.mask,
            drop_ins: unit.drop_ins.iter().map(drop_in).collect(),
            origin: origin("units", name),
        };
        match unit.replace {
            true => machine.replace_unit(new),
            false => machine.unit(new),
        }
    }
    // A manifest of the whole cluster is for the nodes that can run it.
    for (name, manifest) in extra.manifests.iter().filter(|_| node.kubelet.is_some()) {
        let content = match &manifest.content {
            Manifest::Text(text) => text.clone(),
            Manifest::Value(value) => write(&Yaml::from(value)),
        };
        let new = super::public_file(manifest_path(cluster, name), content, origin("manifests", name));
        match manifest.replace {
            true => machine.replace_file(new),
            false => machine.file(new),
        }
    }
}
