//! A cluster -> the tree of its boot media on disk, built beside its place and moved there as a whole.
//!
//! Machines are composed, written and dropped one after another, so memory does not grow with their number.

mod artefacts;
mod budget;
#[cfg(test)]
mod families;
mod media;
mod place;
mod sums;

pub use media::{CONFIG_JSON, Emit, Made, VOLUME_ID, image, target};

use crate::closure::{self, Cache, Reach};
use crate::cluster::{Cluster, Node};
use crate::component::{admin_kubeconfig, bootstrap_token, compose, compose_installer, outside_kubeconfig};
use crate::encode;
use crate::machine::Machine;
use crate::pki::{KeySource, Keys};
use crate::report::{OptionPath, Report};
use crate::toolchain::{ToolError, Toolchain};
use budget::Known;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::{io, thread};
use sums::Sums;
use thiserror::Error;

/// Who makes the Ignition JSON and the ISO.
#[derive(Debug)]
pub enum Maker {
    /// This program.
    Embedded,
    /// ct or butane, and xorriso.
    Toolchain(Toolchain),
}

impl Maker {
    /// The field's own tools, found, that make the media of a cluster.
    ///
    /// # Errors
    /// The first one that is missing.
    pub fn toolchain(cluster: &Cluster) -> Result<Self, ToolError> {
        Toolchain::find(target(cluster.platform)).map(Self::Toolchain)
    }
}

/// What to build.
pub struct Request<'a> {
    /// Where the tree goes.
    pub dir: &'a Path,
    /// The nodes to make media for.
    pub nodes: Vec<&'a Node>,
    /// Which artefacts.
    pub emit: Emit,
    /// Who makes them.
    pub maker: Maker,
    /// Where keys and certificates come from.
    pub keys: &'a dyn KeySource,
}

/// Why there is no tree. What was at its place before is there still.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The cluster cannot be built; every problem.
    #[error("the cluster has problems")]
    Problems(Report),
    /// The place is taken by something else.
    #[error("{}: {reason}", dir.display())]
    Taken {
        /// The directory that was asked for.
        dir: PathBuf,
        /// What is there, and what to do.
        reason: String,
    },
    /// A file or directory could not be read or written.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A program of the toolchain failed.
    #[error(transparent)]
    Toolchain(#[from] ToolError),
    /// The image could not be laid out.
    #[error("making the image of node {node}: {source}")]
    Image {
        /// The node.
        node: String,
        /// Why.
        source: crate::iso::IsoError,
    },
    /// The RAM disk could not be written.
    #[error("making the RAM disk of node {node}: {source}")]
    Archive {
        /// The node.
        node: String,
        /// Why.
        source: crate::cpio::CpioError,
    },
}

/// Says what was being done when an operation on `path` failed.
pub(crate) fn doing(what: &str, path: &Path) -> impl FnOnce(io::Error) -> BuildError {
    let doing = format!("{what} {}", path.display());
    move |source| BuildError::Io { doing, source }
}

/// Builds the tree. `progress` is called with the number of nodes done so far, from several threads.
///
/// # Errors
/// See [`BuildError`]; then nothing is left behind, and what was at the place is untouched.
pub fn build(cluster: &Cluster, request: &Request, progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<Made>, BuildError> {
    place::check(request.dir)?;
    let staging = place::stage(request.dir)?;
    let root = staging.path();
    let sums = Sums::create(root)?;
    let keys = request.keys.shared();
    let top = media::Top {
        kubeconfig: outside_kubeconfig(cluster, &keys),
        admin_kubeconfig: admin_kubeconfig(cluster, &keys),
        bootstrap_token: bootstrap_token(cluster, &keys),
    };
    sums.put(0, top.write(root)?)?;

    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let problems = Mutex::new(Vec::new());
    let work = || -> Result<(Vec<(usize, Made)>, Reach), BuildError> {
        let (mut made, mut cache, mut reach) = (Vec::new(), Cache::default(), Reach::default());
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(node) = request.nodes.get(number) else { break };
            match one(cluster, node, request, root, &mut cache) {
                Ok((summary, lines, part)) => {
                    reach.merge(part);
                    sums.put(number + 1, lines)?;
                    made.push((number, summary));
                }
                // A problem of one node does not hide those of the others.
                Err(BuildError::Problems(report)) => {
                    sums.put(number + 1, String::new())?;
                    lock(&problems).push((number, report));
                }
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
        Ok((made, reach))
    };
    let threads = thread::available_parallelism().map_or(1, |n| n.get()).min(request.nodes.len().max(1));
    let results: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join()).collect()
    });
    let (mut made, mut reach) = (Vec::new(), Reach::default());
    for result in results {
        match result {
            Ok(part) => {
                let (more, part) = part?;
                made.extend(more);
                reach.merge(part);
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    let mut problems = problems.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    if !problems.is_empty() {
        problems.sort_by_key(|(number, _)| *number);
        let mut told = Told::default();
        problems.into_iter().for_each(|(number, part)| told.add(request.nodes.get(number), part));
        return Err(BuildError::Problems(told.report));
    }
    // Of some machines alone nothing can be said about those that are not there.
    if made.len() == cluster.nodes.len() {
        let report = reach.finish();
        if report.has_errors() {
            return Err(BuildError::Problems(report));
        }
    }
    sums.finish()?;
    place::publish(staging, request.dir)?;
    made.sort_by_key(|(number, _)| *number);
    Ok(made.into_iter().map(|(_, made)| made).collect())
}

/// The `config.json` of one node. `keys` as for [`compose`].
///
/// # Errors
/// What only shows in the composed machine, see [`rehearse`].
pub fn ignition(cluster: &Cluster, node: &Node, keys: &Keys) -> Result<Vec<u8>, Report> {
    let (machine, _) = machine(cluster, node, keys, &mut Cache::default())?;
    Ok(encode::ignition(&machine, target(cluster.platform)))
}

/// Composes every machine and drops it: what only shows there, such as two writers of one path, or a file that is read
/// and nowhere written. What many nodes have alike is told of the first.
pub fn rehearse(cluster: &Cluster) -> Report {
    let (mut told, mut cache, mut reach) = (Told::default(), Cache::default(), Reach::default());
    for node in &cluster.nodes {
        match machine(cluster, node, &Keys::placeholders(), &mut cache) {
            Ok((machine, warnings)) => {
                reach.merge(Reach::of(&machine, &mut cache));
                told.add(Some(&node), warnings);
                told.add(Some(&node), carried(cluster, node, &machine));
            }
            Err(problems) => told.add(Some(&node), problems),
        }
    }
    // A machine with a problem may be none that others could reach.
    if !told.report.has_errors() {
        told.report.extend(reach.finish());
    }
    told.report
}

/// The machine of a node, which every target can express and on which all is there that its parts need, and warnings.
fn machine(cluster: &Cluster, node: &Node, keys: &Keys, cache: &mut Cache) -> Result<(Machine, Report), Report> {
    let machine = compose(cluster, node, keys)?;
    let mut report = closure::check(&machine, cache);
    if let Err(problems) = encode::check(&machine, target(cluster.platform)) {
        report.extend(problems);
    }
    if report.has_errors() { Err(report) } else { Ok((machine, report)) }
}

/// What is wrong with the ways that take a machine's config to it, told before there are keys.
fn carried(cluster: &Cluster, node: &Node, machine: &Machine) -> Report {
    if node.install.is_none() && !budget::has_limits(cluster) {
        return Report::default();
    }
    let target = target(cluster.platform);
    let json = encode::ignition(machine, target);
    let known = if machine.has_secrets() { Known::WithoutKeys } else { Known::Exactly };
    let mut report = budget::check(cluster, &node.name, &json, known);
    match compose_installer(cluster, node, &json, machine.has_secrets()) {
        Ok(installer) => {
            report.extend(installer.and_then(|m| encode::check(&m, target).err()).unwrap_or_default());
        }
        Err(problems) => report.extend(problems),
    }
    report
}

fn one(
    cluster: &Cluster,
    node: &Node,
    request: &Request,
    root: &Path,
    cache: &mut Cache,
) -> Result<(Made, String, Reach), BuildError> {
    let keys = request.keys.of(node).map_err(BuildError::Problems)?;
    let (machine, _) = machine(cluster, node, &keys, cache).map_err(BuildError::Problems)?;
    let (made, lines) = media::write(root, &machine, (cluster, node), &request.emit, &request.maker)?;
    Ok((made, lines, Reach::of(&machine, cache)))
}

/// The problems of nodes, each once where an option of the whole cluster makes the same one on many.
#[derive(Default)]
struct Told {
    report: Report,
    /// Rule, option, and message without the node's name.
    known: BTreeSet<(&'static str, OptionPath, String)>,
}

impl Told {
    fn add(&mut self, node: Option<&&Node>, part: Report) {
        for problem in part.diagnostics() {
            let here = node.map(|node| format!(" on node {}", node.name)).unwrap_or_default();
            let message = if here.is_empty() { problem.message.clone() } else { problem.message.replace(&here, "") };
            if self.known.insert((problem.rule, problem.path.clone(), message)) {
                self.report.push(problem.clone());
            }
        }
    }
}

/// The content of a mutex; what a thread that panicked left there is as good as any, as the panic goes on.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
