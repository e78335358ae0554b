//! A parsed command line -> what it asks for.

use super::Outcome;
use super::arguments::{Artefact, BuildArguments, ClusterArgument, Command, Format, MakerName, command};
use super::drv;
use super::keys::{self, Given};
use super::summary::{Progress, table};
use crate::cluster::{self, Cluster, Node};
use crate::output::{self, BuildError, Emit, Maker, Request};
use crate::report::{self, Report};
use crate::toolchain::{self, ToolError};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use thiserror::Error;

/// Why a command could not do its work.
#[derive(Debug, Error)]
pub enum RunError {
    /// The command line asks for what cannot be.
    #[error("{0}")]
    Usage(String),
    /// A file could not be read or written.
    #[error("{doing}: {source}")]
    Io { doing: String, source: io::Error },
    /// The media.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Another program.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

impl RunError {
    /// Nix refuses a description as the checks do: the cluster has a problem. The rest is usage or I/O.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Tool(ToolError::Failed { tool: "nix-instantiate" | "nix", .. }) => Outcome::Problems,
            _ => Outcome::Failed,
        }
    }
}

/// Does what a command asks for.
///
/// # Errors
/// What kept it from doing so. A cluster with problems is no error but an outcome: they have been printed then.
pub fn run(command_line: Command) -> Result<Outcome, RunError> {
    match command_line {
        Command::Check { cluster, format } => check(&cluster, format),
        Command::Build(arguments) => build(&arguments),
        Command::Keys(arguments) => keys::keys(&arguments),
        Command::Export { cluster } => export(&cluster),
        Command::Drv(arguments) => drv::drv(&arguments),
        Command::Verify(arguments) => super::verify::verify(&arguments),
        Command::Iso { config, output } => drv::iso(&config, &output),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command(), "tinderbox", &mut script);
            print(&script)?;
            Ok(Outcome::Done)
        }
        Command::Manual { directory } => manual(&directory),
    }
}

fn check(argument: &ClusterArgument, format: Format) -> Result<Outcome, RunError> {
    let (cluster, mut report) = cluster::read(&load(argument)?);
    if let Some(cluster) = &cluster {
        report.extend(output::rehearse(cluster));
        report.extend(keys::in_description(cluster));
    }
    match format {
        Format::Json => print(report::json(&report).as_bytes())?,
        Format::Text => {
            show(&report);
            if let (true, true, Some(cluster)) = (report.is_empty(), io::stdout().is_terminal(), &cluster) {
                let nodes = super::summary::plural(cluster.nodes.len(), "node");
                anstream::println!("{}: {nodes}, no problems", cluster.name);
            }
        }
    }
    Ok(if report.has_errors() { Outcome::Problems } else { Outcome::Done })
}

fn build(arguments: &BuildArguments) -> Result<Outcome, RunError> {
    let Some(cluster) = accepted(&arguments.cluster)? else { return Ok(Outcome::Problems) };
    let given = Given::for_build(&cluster, arguments)?;
    let keys = match given.open(&cluster) {
        Ok(keys) => keys,
        Err(report) => {
            show(&report);
            return Ok(Outcome::Problems);
        }
    };
    let request = Request {
        dir: &arguments.output,
        nodes: chosen(&cluster, &arguments.nodes)?,
        emit: emit(&cluster, &arguments.emit)?,
        maker: match arguments.maker {
            MakerName::Embedded => Maker::Embedded,
            MakerName::Toolchain => Maker::toolchain(&cluster)?,
        },
        keys: keys.source(),
    };
    let progress = Progress::new(request.nodes.len());
    let result = output::build(&cluster, &request, &|done| progress.at(done));
    progress.finish();
    show(&keys.warnings());
    match result {
        Ok(made) => {
            if io::stdout().is_terminal() {
                anstream::print!("{}", table(&made, &arguments.output));
            }
            Ok(Outcome::Done)
        }
        Err(BuildError::Problems(report)) => {
            show(&report);
            Ok(Outcome::Problems)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the command line asks for; with nothing, what the description does.
fn emit(cluster: &Cluster, asked: &[Artefact]) -> Result<Emit, RunError> {
    let has = |artefact| asked.contains(&artefact);
    if has(Artefact::Stub) && cluster.media.url.is_none() {
        return Err(RunError::Usage("there is no stub.json without cluster.media.url".to_owned()));
    }
    if asked.is_empty() {
        return Ok(Emit::of(cluster));
    }
    Ok(Emit {
        yaml: has(Artefact::Yaml),
        json: has(Artefact::Json),
        iso: has(Artefact::Iso),
        oem: has(Artefact::Oem),
        drive: has(Artefact::Drive),
        stub: has(Artefact::Stub),
    })
}

fn export(argument: &ClusterArgument) -> Result<Outcome, RunError> {
    let bytes = load(argument)?;
    // Keys are sorted, as Nix has them too, so that the same cluster is the same text.
    let value: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|error| RunError::Usage(format!("{}: {error}", argument.source.display())))?;
    let mut text = serde_json::to_vec_pretty(&value)
        .map_err(|error| RunError::Usage(format!("{}: {error}", argument.source.display())))?;
    text.push(b'\n');
    print(&text)?;
    Ok(Outcome::Done)
}

/// A manual page for each command.
fn manual(directory: &Path) -> Result<Outcome, RunError> {
    fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(command(), directory))
        .map_err(|source| RunError::Io { doing: format!("writing to {}", directory.display()), source })?;
    Ok(Outcome::Done)
}

/// The cluster, if it can be built; its problems, warnings too, have been printed.
pub fn accepted(argument: &ClusterArgument) -> Result<Option<Cluster>, RunError> {
    let (cluster, report) = cluster::read(&load(argument)?);
    show(&report);
    Ok(cluster)
}

/// The bytes of the cluster.json.
fn load(argument: &ClusterArgument) -> Result<Vec<u8>, RunError> {
    let source = &argument.source;
    if source.as_os_str() == OsStr::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|source| RunError::Io { doing: "reading standard input".to_owned(), source })?;
        return Ok(bytes);
    }
    if source.extension() == Some(OsStr::new("nix")) {
        return Ok(toolchain::export(source)?);
    }
    if let Some((flake, name)) = source.to_str().and_then(|text| text.split_once('#')).filter(|_| !source.exists()) {
        return Ok(toolchain::export_from_flake(flake, name)?);
    }
    fs::read(source).map_err(|error| RunError::Io { doing: format!("reading {}", source.display()), source: error })
}

pub fn chosen<'a>(cluster: &'a Cluster, names: &[String]) -> Result<Vec<&'a Node>, RunError> {
    let unknown: Vec<_> = names.iter().filter(|name| !cluster.nodes.iter().any(|n| n.name == **name)).collect();
    if let Some(name) = unknown.first() {
        let known: Vec<_> = cluster.nodes.iter().take(20).map(|n| n.name.as_str()).collect();
        let more = if cluster.nodes.len() > known.len() { ", …" } else { "" };
        return Err(RunError::Usage(format!("there is no node {name}; there are {}{more}", known.join(", "))));
    }
    Ok(cluster.nodes.iter().filter(|n| names.is_empty() || names.contains(&n.name)).collect())
}

pub fn show(report: &Report) {
    anstream::eprint!("{}", report::text(report));
}

/// Prints to standard output; that nobody reads on is no failure.
pub fn print(bytes: &[u8]) -> Result<(), RunError> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| RunError::Io { doing: "writing standard output".to_owned(), source }),
    }
}
