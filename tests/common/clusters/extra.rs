//! Random choices become files, units and manifests of the user's own.

use super::texts::{line, pattern, text};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A unit's text: sections closed, names before values, and an end to every continued line.
fn unit_text() -> impl Strategy<Value = String> {
    let install = "\n[Install]\nWantedBy=multi-user.target\n";
    let end =
        select(vec![install, install, install, "\n[Install]\nAlias=b.service", "\n[Install]\nWantedBy=a\n\n", "\n"]);
    (line(), line(), line(), end).prop_map(|(a, b, c, end)| {
        format!("[Unit]\nDescription={a}.\n# {b}.\n\n[Service]\nExecStart=/bin/echo \\\n  {c}.\n{end}")
    })
}

fn drop_ins() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        3 => line().prop_map(|line| format!("[Service]\nEnvironment=A={line}.\n")),
        1 => Just(String::new()),
    ];
    prop::collection::btree_map(pattern("[0-9]{2}-[a-z@:+]{1,6}\\.conf"), text, 0..3).prop_map(|all| json!(all))
}

/// Options `extra` of the cluster or of a node; `own` keeps the names of the two apart.
pub fn extra(own: &'static str) -> impl Strategy<Value = Value> {
    let mode = select(vec!["0644", "0755", "0600", "04755", "00", "07777"]);
    let file = (text(), mode).prop_map(|(text, mode)| json!({ "text": text, "mode": mode, "override": false }));
    let path = pattern("[a-zA-Z0-9 .#:%é~_-]{1,12}x").prop_map(move |name| format!("/{own}/{name}"));
    let hostname = (of(text()), any::<bool>()).prop_map(|(text, ours)| text.filter(|_| ours));
    let files = (prop::collection::btree_map(path, file, 0..4), hostname).prop_map(|(mut files, hostname)| {
        if let Some(text) = hostname {
            files.insert("/etc/hostname".to_owned(), json!({ "text": text, "mode": "0644", "override": true }));
        }
        files
    });

    let full = (unit_text(), of(any::<bool>()), drop_ins()).prop_map(|(text, enable, drop_ins)| {
        json!({ "text": text, "enable": enable, "mask": false, "dropIns": drop_ins, "override": false })
    });
    let rest = (of(any::<bool>()), any::<bool>(), drop_ins()).prop_map(|(enable, mask, drop_ins)| {
        let enable = enable.filter(|enable| !(mask && *enable));
        json!({ "text": null, "enable": enable, "mask": mask, "dropIns": drop_ins, "override": false })
    });
    let name = pattern("[a-zA-Z0-9:_.\\\\-]{1,8}(@[a-z]{0,3})?\\.(service|socket|timer|mount|target|path|slice)");
    let name = prop_oneof![
        6 => name.prop_map(move |name| format!("{own}-{name}")),
        2 => select(vec!["etcd-member.service", "flanneld.service", "docker.service"]).prop_map(str::to_owned),
        2 => select(vec!["kubelet.service", "shared.service", "shared.service"]).prop_map(str::to_owned),
    ];
    let units = prop::collection::vec((name, full, rest, 0..4), 0..4).prop_map(|units| {
        // What others write is replaced or added to; of the operating system's own only drop-ins are ours to give.
        let choose = |(name, full, mut rest, which): (String, Value, Value, i32)| match name.as_str() {
            "etcd-member.service" | "flanneld.service" | "docker.service" => {
                (rest["mask"], rest["enable"], rest["override"]) = (json!(false), Value::Null, json!(true));
                (name, rest)
            }
            "kubelet.service" | "shared.service" => {
                let mut unit = if which == 0 { full } else { rest };
                unit["override"] = json!(true);
                (name, unit)
            }
            _ => (name, if which == 0 { rest } else { full }),
        };
        units.into_iter().map(choose).collect::<BTreeMap<_, _>>()
    });

    let manifest = prop_oneof![
        (line(), line(), any::<i64>(), any::<f64>()).prop_map(|(key, value, int, float)| {
            let list = json!([value, int, float, null, true, [], {}, u64::MAX, "a\nb\n"]);
            let value = json!({ "apiVersion": "v1", "kind": "Pod", key.clone(): list, "spec": { "a": value } });
            json!({ "text": null, "value": value, "override": false })
        }),
        line().prop_map(|line| {
            let line = serde_json::to_string(&line).unwrap_or_default();
            let text = format!("# Ours\napiVersion: v1\nkind: Pod\nmetadata: {{name: {line}}}");
            json!({ "text": text, "value": null, "override": false })
        }),
    ];
    let name = pattern("[a-zA-Z0-9_-]{1,6}\\.(yaml|yml|json)").prop_map(move |name| format!("{own}-{name}"));
    let manifests = prop::collection::btree_map(name, manifest, 0..3);
    (files, units, manifests)
        .prop_map(|(files, units, manifests)| json!({ "files": files, "units": units, "manifests": manifests }))
}
