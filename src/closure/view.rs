//! Who reads a path, and through which mounts -> where that is on the node, and whether they may read it.

use super::node::{Node, around, is_above};
use super::pod::{Container, Pod};
use super::unit::words;

/// One who reads files.
pub struct View {
    /// How messages name it.
    pub who: String,
    /// Its user id; `None` where that is not known.
    pub user: Option<u32>,
    /// Its group ids.
    pub groups: Vec<u32>,
    /// Where it sees what: its path, and the node's; `None` for what is not the node's.
    pub mounts: Vec<(String, Option<String>)>,
    /// What it sees elsewhere.
    pub rest: Rest,
}

/// What is at the paths that no mount covers.
pub enum Rest {
    /// The node's own file system.
    Host,
    /// An image whose program is one of the cluster's: but for [`IMAGE`] it holds nothing that a flag would name.
    Image,
    /// An image of the user's, which may hold anything but what the node was given.
    UserImage,
}

/// Where a path is.
pub enum Place {
    /// On the node.
    Host(String),
    /// In the image, or made by Kubernetes.
    Elsewhere,
    /// Nowhere: it is the node's, and no mount shows it.
    Hidden,
}

/// What images have: programs, the certificates of public authorities, and what the container runtime puts there.
const IMAGE: [&str; 18] = [
    "/bin",
    "/dev",
    "/etc/group",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/resolv.conf",
    "/etc/ssl/certs",
    "/hyperkube",
    "/lib",
    "/opt",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
];

impl View {
    /// A container of a pod. `is_known` says whether its program is one of the cluster's.
    pub fn of(pod: &Pod, container: &Container, is_known: bool) -> Self {
        let mounts = container.mounts.iter().filter_map(|mount| {
            let volume = pod.volumes.iter().find(|volume| volume.name == mount.volume)?;
            let host = volume.host.as_ref().map(|(path, _)| match mount.sub_path.trim_matches('/') {
                "" => path.clone(),
                sub => format!("{}/{sub}", path.trim_end_matches('/')),
            });
            Some((mount.path.clone(), host))
        });
        Self {
            who: format!("container {} of pod {}", container.name, pod.name),
            user: Some(container.user),
            groups: container.groups.clone(),
            mounts: mounts.collect(),
            rest: if is_known { Rest::Image } else { Rest::UserImage },
        }
    }

    /// Where `path` is: the mount that covers the most of it counts.
    pub fn locate(&self, path: &str, node: &Node) -> Place {
        let covering = self.mounts.iter().filter(|(at, _)| at == path || is_above(at, path));
        match (covering.max_by_key(|(at, _)| at.len()), &self.rest) {
            (Some((at, Some(source))), _) => {
                let rest = path.strip_prefix(at.trim_end_matches('/')).unwrap_or_default();
                Place::Host(format!("{}{rest}", source.trim_end_matches('/')))
            }
            (Some((_, None)), _) => Place::Elsewhere,
            (None, Rest::Host) => Place::Host(path.to_owned()),
            (None, Rest::Image) => match around(path).any(|at| IMAGE.contains(&at)) {
                true => Place::Elsewhere,
                false => Place::Hidden,
            },
            (None, Rest::UserImage) => match node.files.contains_key(path) || is_above("/etc/kubernetes", path) {
                true => Place::Hidden,
                false => Place::Elsewhere,
            },
        }
    }

    /// Whether it may read a file of `mode`, whose user and group are `owner`.
    pub fn may_read(&self, mode: u32, owner: u32) -> bool {
        let Some(user) = self.user else { return true };
        // Root reads everything (CAP_DAC_OVERRIDE, which containers have too). Of the others the first class that
        // fits decides, as in inode(7).
        user == 0
            || mode
                & match () {
                    () if user == owner => 0o400,
                    () if self.groups.contains(&owner) => 0o040,
                    () => 0o004,
                }
                != 0
    }
}

/// The user id of a name in `User=`, of those that the operating system has (Flatcar, baselayout's `passwd`).
pub fn user_id(name: &str) -> Option<u32> {
    match name {
        "root" => Some(0),
        "etcd" => Some(ETCD),
        "core" => Some(500),
        "nobody" => Some(65534),
        number => number.parse().ok(),
    }
}

/// The user that etcd-wrapper runs etcd as.
pub const ETCD: u32 = 232;

/// The mounts in `RKT_RUN_ARGS`: what the container sees, and the node's path.
pub fn rkt_mounts(arguments: &str) -> Vec<(String, String)> {
    let words = words(arguments);
    let values = |flag: &str| -> Vec<String> {
        let at = words.iter().enumerate().filter_map(|(at, word)| {
            let rest = word.strip_prefix(flag)?;
            rest.strip_prefix('=').map(str::to_owned).or_else(|| rest.is_empty().then(|| words.get(at + 1).cloned())?)
        });
        at.collect()
    };
    let field = |text: &str, key: &str| {
        text.split(',').find_map(|part| part.strip_prefix(key)?.strip_prefix('=').map(str::to_owned))
    };
    let volumes = values("--volume");
    let mounts = values("--mount").into_iter().filter_map(|mount| {
        let name = field(&mount, "volume")?;
        let volume = volumes.iter().find(|volume| volume.split(',').next() == Some(&name))?;
        Some((field(&mount, "target")?, field(volume, "source")?))
    });
    mounts.collect()
}
