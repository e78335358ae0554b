//! A cluster and where its keys are -> the keys made, renewed or listed; and those that its media are made with.

use super::Outcome;
use super::arguments::{BuildArguments, Format, KeysArguments, MakerName, RenewName};
use super::run::{RunError, accepted, print, show};
use super::summary::plural;
use crate::cluster::{Cluster, SecretsSource};
use crate::pki::{KeySource, Placeholders};
use crate::report::Report;
use crate::secrets::{self, Entry, Keychain, Maker, Renew, Source, is_needed};
use crate::toolchain::Openssl;
use serde_json::json;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

/// Where the keys of a cluster are, as its description and the command line say.
pub enum Given {
    /// The machines are given none.
    None,
    /// In this directory.
    Directory(PathBuf),
    /// In the description.
    Store,
}

impl Given {
    /// For the media.
    pub fn for_build(cluster: &Cluster, arguments: &BuildArguments) -> Result<Self, RunError> {
        let in_directory = is_needed(cluster) && cluster.secrets.source == SecretsSource::Directory;
        match &arguments.secrets {
            Some(dir) if in_directory => Ok(Self::Directory(dir.clone())),
            None if in_directory => {
                let source = arguments.cluster.source.display();
                Err(RunError::Usage(format!(
                    "cluster.secrets.source is \"directory\", and no --secrets DIR is given\n  help: `tinderbox keys {source} -o DIR` makes the keys"
                )))
            }
            unused => {
                if unused.is_some() {
                    anstream::eprintln!(
                        "warning: --secrets is not used: the cluster needs no keys that are read from a directory"
                    );
                }
                Ok(Self::in_description(cluster))
            }
        }
    }

    /// Without a directory.
    pub fn in_description(cluster: &Cluster) -> Self {
        match is_needed(cluster) {
            true => Self::Store,
            false => Self::None,
        }
    }

    /// Reads them, and holds them against the cluster.
    pub fn open<'a>(&'a self, cluster: &'a Cluster) -> Result<Opened<'a>, Report> {
        Ok(match self {
            Self::None => Opened::None(Placeholders),
            Self::Directory(dir) => Opened::Some(Box::new(Keychain::open(cluster, Source::Directory(dir))?)),
            Self::Store => Opened::Some(Box::new(Keychain::open(cluster, Source::Store(&cluster.secrets.store))?)),
        })
    }
}

/// Keys that were found right.
pub enum Opened<'a> {
    None(Placeholders),
    Some(Box<Keychain<'a>>),
}

impl Opened<'_> {
    /// Where media take them from.
    pub fn source(&self) -> &dyn KeySource {
        match self {
            Self::None(none) => none,
            Self::Some(keychain) => keychain.as_ref(),
        }
    }

    /// What was found besides.
    pub fn warnings(&self) -> Report {
        match self {
            Self::None(_) => Report::default(),
            Self::Some(keychain) => keychain.warnings(),
        }
    }
}

/// What is wrong with keys that are in the description itself.
pub fn in_description(cluster: &Cluster) -> Report {
    if cluster.secrets.source != SecretsSource::Store || !is_needed(cluster) {
        return Report::default();
    }
    let keychain = match Keychain::open(cluster, Source::Store(&cluster.secrets.store)) {
        Ok(keychain) => keychain,
        Err(report) => return report,
    };
    let mut report = Report::default();
    for node in &cluster.nodes {
        report.extend(keychain.of(node).err().unwrap_or_default());
    }
    report.extend(keychain.warnings());
    report
}

/// `tinderbox keys`.
pub fn keys(arguments: &KeysArguments) -> Result<Outcome, RunError> {
    let Some(cluster) = accepted(&arguments.cluster)? else { return Ok(Outcome::Problems) };
    if !is_needed(&cluster) {
        let why = match cluster.secrets.source {
            SecretsSource::FirstBoot => "its node makes them at first boot (cluster.secrets.source)",
            _ => "nothing in it talks to anything",
        };
        anstream::eprintln!("{} needs no keys: {why}", cluster.name);
        return Ok(Outcome::Done);
    }
    if arguments.status {
        return status(&cluster, arguments);
    }
    let maker = match arguments.maker {
        MakerName::Embedded => Maker::Embedded,
        MakerName::Toolchain => Maker::Openssl(Openssl::find()?),
    };
    let renew = arguments.renew.map(|renew| match renew {
        RenewName::Leaf => Renew::Leaves,
        RenewName::Token => Renew::Token,
    });
    let dir = &arguments.output;
    let made = secrets::make(dir, &cluster, &maker, renew);
    if io::stdout().is_terminal() {
        match made.files.as_slice() {
            [] if made.report.is_empty() => anstream::println!("{}: nothing was missing", dir.display()),
            [] => {}
            files if files.len() <= 40 => {
                files.iter().for_each(|name| anstream::println!("made {}", dir.join(name).display()));
            }
            files => anstream::println!("made {} in {}", plural(files.len(), "file"), dir.display()),
        }
    }
    show(&made.report);
    Ok(if made.report.has_errors() { Outcome::Problems } else { Outcome::Done })
}

fn status(cluster: &Cluster, arguments: &KeysArguments) -> Result<Outcome, RunError> {
    let source = match cluster.secrets.source {
        SecretsSource::Store => Source::Store(&cluster.secrets.store),
        _ => Source::Directory(&arguments.output),
    };
    let entries = secrets::status(cluster, source);
    match arguments.format {
        Format::Json => print(as_json(&entries, arguments.within).as_bytes())?,
        Format::Text => print(as_text(&entries, arguments.within).as_bytes())?,
    }
    let is_due = entries.iter().any(|entry| entry.is_due(arguments.within));
    Ok(if is_due { Outcome::Problems } else { Outcome::Done })
}

fn as_text(entries: &[Entry], within: u64) -> String {
    let width = entries.iter().map(|entry| entry.file.len()).max().unwrap_or(0);
    let mut text = format!("{:width$}  {:20}  {:>6}  used by, and held by\n", "certificate", "expires", "days");
    for entry in entries {
        let (date, days) = (entry.date.as_deref().unwrap_or("-"), entry.days.map_or("-".to_owned(), |d| d.to_string()));
        let nodes = match entry.nodes.as_slice() {
            [] => "no machine".to_owned(),
            nodes if nodes.len() > 5 => plural(nodes.len(), "node"),
            nodes => nodes.join(", "),
        };
        text.push_str(&format!("{:width$}  {date:20}  {days:>6}  {}; {nodes}\n", entry.file, entry.purpose));
        entry.problems.iter().for_each(|problem| text.push_str(&format!("{:width$}  ! {problem}\n", "")));
        if entry.days.is_some_and(|days| days < 0) {
            text.push_str(&format!("{:width$}  ! is over\n", ""));
        } else if entry.problems.is_empty() && entry.is_due(within) {
            text.push_str(&format!("{:width$}  ! is about to expire\n", ""));
        }
    }
    text
}

fn as_json(entries: &[Entry], within: u64) -> String {
    let entry = |it: &Entry| {
        json!({
            "file": it.file, "expires": it.date, "days": it.days, "purpose": it.purpose, "nodes": it.nodes,
            "problems": it.problems, "due": it.is_due(within),
        })
    };
    format!("{:#}\n", json!({ "certificates": entries.iter().map(entry).collect::<Vec<_>>() }))
}
