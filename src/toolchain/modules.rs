//! The option modules as part of the program, so that one that was installed alone can read a `.nix` file.

use std::fs;
use std::io;
use std::path::Path;

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        /// Path in the repository -> content.
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../", $path)))),*];
    };
}

embedded![
    "modules/addons.nix",
    "modules/cluster.nix",
    "modules/default.nix",
    "modules/etcd.nix",
    "modules/extra-options.nix",
    "modules/extra.nix",
    "modules/flannel.nix",
    "modules/kubernetes/api-server.nix",
    "modules/kubernetes/component-options.nix",
    "modules/kubernetes/controller-manager.nix",
    "modules/kubernetes/default.nix",
    "modules/kubernetes/downloads.nix",
    "modules/kubernetes/images.nix",
    "modules/kubernetes/kubelet.nix",
    "modules/kubernetes/liveness-probe.nix",
    "modules/kubernetes/proxy.nix",
    "modules/kubernetes/release.nix",
    "modules/kubernetes/releases.nix",
    "modules/kubernetes/releases/1.34.nix",
    "modules/kubernetes/releases/1.35.nix",
    "modules/kubernetes/releases/1.36.nix",
    "modules/kubernetes/scheduler.nix",
    "modules/media.nix",
    "modules/network.nix",
    "modules/node-install.nix",
    "modules/node-kubelet.nix",
    "modules/node-network.nix",
    "modules/nodes.nix",
    "modules/platform.nix",
    "modules/secrets.nix",
    "nix/cluster-json.nix",
    "nix/eval.nix",
    "nix/export.nix",
];

/// Writes all of them below `root`.
pub fn unpack(root: &Path) -> io::Result<()> {
    for (path, content) in FILES {
        let full = root.join(path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(full, content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::FILES;
    use crate::k8s::release::Release;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    fn nix_files(dir: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { nix_files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn every_module_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let there: BTreeSet<_> = nix_files(&root.join("modules"))
            .iter()
            .map(|path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned())
            .collect();
        let embedded: BTreeSet<_> =
            FILES.iter().map(|(path, _)| (*path).to_owned()).filter(|path| path.starts_with("modules/")).collect();
        assert_eq!(embedded, there);
    }

    #[test]
    fn every_version_but_the_first_says_what_runs_beside_it() {
        let text = |path: &str| FILES.iter().find(|(file, _)| *file == path).map(|(_, text)| *text);
        let list = text("modules/kubernetes/releases.nix").unwrap();
        for minor in Release::known().into_iter().filter(|minor| *minor != "1.9") {
            assert!(list.contains(&format!("  \"{minor}\" = import ./releases/{minor}.nix;")), "{minor}");
            let release = text(&format!("modules/kubernetes/releases/{minor}.nix")).unwrap();
            let latest = release.lines().find_map(|line| line.strip_prefix("  latest = ")).unwrap();
            let latest = latest.trim_end_matches(';');
            assert!(latest.starts_with(&format!("\"{minor}.")), "{latest}");
            // The programs of the version that an option has by default: kubelet and kubectl.
            assert_eq!(release.matches(&format!("    {latest} = {{")).count(), 2, "{latest}");
        }
    }

    #[test]
    fn every_sum_is_of_256_bits() {
        for (path, text) in FILES.iter().filter(|(path, _)| path.starts_with("modules/kubernetes/releases/")) {
            let sums: Vec<_> = text.split('"').filter_map(|word| word.strip_prefix("sha256-")).collect();
            assert!(sums.iter().all(|sum| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit())), "{path}");
            assert_eq!(sums.len(), sums.iter().collect::<BTreeSet<_>>().len(), "{path}");
        }
    }
}
