//! A cluster -> the paths of its ISO derivations, or the stream that puts them into a store; and what such a derivation
//! runs in its build.

use super::Outcome;
use super::arguments::{ClusterArgument, DrvArguments, DrvFormat, WriterName};
use super::keys::Given;
use super::run::{RunError, accepted, chosen, print, show};
use crate::cluster::SecretsSource;
use crate::derivation::{DerivationError, Export, IsoDerivation, Recipe, Writer};
use crate::output;
use crate::report::Report;
use crate::secrets::is_needed;
use crate::toolchain;
use serde_json::{Map, Value, json};
use std::env;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Where the store is, for every Nix that can use the paths.
const STORE: &str = "/nix/store";

/// `tinderbox drv`. Machines are composed, hashed, written and dropped one after another.
pub fn drv(arguments: &DrvArguments) -> Result<Outcome, RunError> {
    let recipe = recipe(arguments)?;
    if arguments.export && io::stdout().is_terminal() {
        return Err(RunError::Usage(
            "the stream of --export is not for a terminal\n  help: tinderbox drv CLUSTER --export | nix-store --import"
                .to_owned(),
        ));
    }
    let Some(cluster) = accepted(&arguments.cluster)? else { return Ok(Outcome::Problems) };
    if is_needed(&cluster) && cluster.secrets.source != SecretsSource::Store {
        return Err(RunError::Usage(in_the_open(&arguments.cluster)));
    }
    let given = Given::in_description(&cluster);
    let keys = match given.open(&cluster) {
        Ok(keys) => keys,
        Err(report) => {
            show(&report);
            return Ok(Outcome::Problems);
        }
    };
    let nodes = chosen(&cluster, &arguments.nodes)?;

    let mut to = match arguments.export {
        true => Sheet::Stream(Export::new(BufWriter::with_capacity(1 << 16, io::stdout().lock()))),
        false => Sheet::Paths(Vec::new()),
    };
    let mut problems = Report::default();
    for node in nodes {
        match keys.source().of(node).and_then(|keys| output::ignition(&cluster, node, &keys)) {
            Ok(config) => {
                let derivation = recipe.derivation(&node.name, &config).map_err(usage)?;
                if problems.is_empty() && !to.add(&node.name, &config, derivation)? {
                    return Ok(Outcome::Done);
                }
            }
            // A problem of one node does not hide those of the others. The stream stays without an end then, and
            // nix-store does not take that for success.
            Err(report) => problems.extend(report),
        }
    }
    if !problems.is_empty() {
        show(&problems);
        return Ok(Outcome::Problems);
    }
    to.end(arguments.format)?;
    Ok(Outcome::Done)
}

/// What is made of the derivations.
enum Sheet<'a> {
    /// Their paths, with the names of the nodes, printed when all are there.
    Paths(Vec<(String, IsoDerivation)>),
    /// They themselves.
    Stream(Export<BufWriter<io::StdoutLock<'a>>>),
}

impl Sheet<'_> {
    /// Whether somebody still reads.
    fn add(&mut self, node: &str, config: &[u8], derivation: IsoDerivation) -> Result<bool, RunError> {
        match self {
            Self::Paths(paths) => paths.push((node.to_owned(), derivation)),
            Self::Stream(stream) => return written(derivation.export(config, stream)),
        }
        Ok(true)
    }

    fn end(self, format: DrvFormat) -> Result<(), RunError> {
        match (self, format) {
            (Self::Stream(stream), _) => written(stream.finish()).map(drop),
            (Self::Paths(paths), DrvFormat::Text) => {
                let line = |(node, it): &(String, IsoDerivation)| format!("{node} {} {}\n", it.path, it.output);
                print(paths.iter().map(line).collect::<String>().as_bytes())
            }
            (Self::Paths(paths), DrvFormat::Json) => {
                let object = |it: &IsoDerivation| json!({ "config": it.config_path, "drvPath": it.path, "outputs": { "out": it.output } });
                let nodes: Map<String, Value> = paths.iter().map(|(node, it)| (node.clone(), object(it))).collect();
                print(format!("{:#}\n", json!({ "nodes": nodes })).as_bytes())
            }
        }
    }
}

/// Whether somebody still reads what was written.
fn written(result: io::Result<()>) -> Result<bool, RunError> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(source) => Err(RunError::Io { doing: "writing standard output".to_owned(), source }),
    }
}

fn usage(error: DerivationError) -> RunError {
    RunError::Usage(error.to_string())
}

/// Why there are no derivations of a cluster whose keys are in a directory.
fn in_the_open(cluster: &ClusterArgument) -> String {
    let source = cluster.source.display();
    format!(
        "cluster.secrets.source is \"directory\": the media hold a private key, and everybody can read what is in the Nix store\n  \
         help: `tinderbox build {source} -o out --secrets DIR` makes them outside the store; with \"first-boot\" they hold no key"
    )
}

/// Who writes the images, and on which kind of machine.
fn recipe(arguments: &DrvArguments) -> Result<Recipe, RunError> {
    let (writer, name) = match arguments.maker {
        WriterName::Embedded => (Writer::Tinderbox, "tinderbox"),
        WriterName::Toolchain => (Writer::Xorriso, "xorriso"),
    };
    let system = arguments.system.clone().unwrap_or_else(this_system);
    if let Some(given) = &arguments.tool {
        // A path of the store is taken as it is: it may be that of another machine, or of a store that lies elsewhere.
        let tool = if given.starts_with(STORE) { given.clone() } else { real(given)? };
        return Recipe::new(writer, &tool.to_string_lossy(), &system).map_err(usage);
    }
    let found = match writer {
        Writer::Tinderbox => {
            let doing = "finding this program".to_owned();
            env::current_exe().map_err(|source| RunError::Io { doing, source })?
        }
        Writer::Xorriso => toolchain::xorriso()?,
    };
    let found = real(&found)?;
    if !found.starts_with(STORE) {
        return Err(RunError::Usage(format!(
            "{} is not in the Nix store, so no derivation can run it\n  \
             help: give --tool /nix/store/…, the store path that has bin/{name} in it",
            found.display()
        )));
    }
    Recipe::new(writer, &found.to_string_lossy(), &system).map_err(usage)
}

/// A path without links.
fn real(path: &Path) -> Result<PathBuf, RunError> {
    fs::canonicalize(path).map_err(|source| RunError::Io { doing: format!("looking for {}", path.display()), source })
}

/// This machine's kind, as Nix calls it (its `system` setting).
fn this_system() -> String {
    let cpu = match env::consts::ARCH {
        "x86" => "i686",
        other => other,
    };
    let os = match env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    format!("{cpu}-{os}")
}

/// `tinderbox iso`. A config that is its owner's alone may hold a private key, and so may the image then.
pub fn iso(config: &Path, file: &Path) -> Result<Outcome, RunError> {
    let io = |what: &str, path: &Path| {
        let doing = format!("{what} {}", path.display());
        move |source| RunError::Io { doing, source }
    };
    let mode = fs::metadata(config).map_err(io("reading", config))?.permissions().mode();
    let mode = if mode & 0o044 == 0 { 0o600 } else { 0o644 };
    let json = fs::read(config).map_err(io("reading", config))?;
    let image = output::image(&json).map_err(|error| RunError::Usage(format!("{}: {error}", config.display())))?;
    let made = OpenOptions::new().write(true).create_new(true).mode(mode).open(file);
    let mut made = made.map_err(io("making", file))?;
    let written = made.write_all(&image).and_then(|()| made.set_permissions(Permissions::from_mode(mode)));
    written.map_err(|source| {
        // A part of an image is worse than none. It is ours: it was not there before.
        let _ = fs::remove_file(file);
        io("writing", file)(source)
    })?;
    Ok(Outcome::Done)
}
