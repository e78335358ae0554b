//! Any bytes become a report, and where they are a cluster its boot media, without a panic.

use tinderbox::cluster::{self, Cluster};
use tinderbox::component::{admin_kubeconfig, compose, outside_kubeconfig};
use tinderbox::encode::{self, local};
use tinderbox::pki::Keys;
use tinderbox::{output, report};

/// Reads `bytes` as a `cluster.json`, makes all that can be made of it, and says whether it was a cluster.
pub fn survive(bytes: &[u8]) -> bool {
    let (cluster, mut report) = cluster::read(bytes);
    assert_eq!(cluster.is_none(), report.has_errors(), "a cluster, or an error");
    if let Some(cluster) = &cluster {
        report.extend(output::rehearse(cluster));
        make(cluster);
    }
    assert_eq!(report::text(&report).is_empty(), report.is_empty());
    assert!(report::json(&report).ends_with("}\n"));
    for problem in report.diagnostics() {
        assert_ne!(problem.rule, "internal", "{problem:?}");
        let path = problem.path.as_str();
        let root = path.split(['.', '[']).next().unwrap_or_default();
        assert!(["cluster", "schema", "origins"].contains(&root), "{problem:?}");
    }
    cluster.is_some()
}

fn make(cluster: &Cluster) {
    let keys = Keys::placeholders();
    outside_kubeconfig(cluster, &keys);
    admin_kubeconfig(cluster, &keys);
    for node in &cluster.nodes {
        let Ok(machine) = compose(cluster, node, &keys) else { continue };
        let target = output::target(cluster.platform);
        if encode::check(&machine, target).is_ok() {
            assert!(encode::ignition(&machine, target).starts_with(b"{\"ignition\""));
            assert!(encode::readable(&machine, target).1.ends_with('\n'));
            assert!(local::files(&machine).all(|(path, _)| !path.starts_with('/')));
        }
    }
}
