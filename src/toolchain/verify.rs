//! A tree that `build` made, and the field's own tools -> what each of them says of each node's media.
//!
//! The tree may have been changed by anybody: links are not followed, every tool works on copies in a directory that
//! goes away, and what a tool says is shown without anything that could be content of a config.

mod archive;
mod certificates;
mod config;
mod images;
mod scratch;
mod stubs;
mod sums;
mod tree;
mod units;

use scratch::Scratch;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use tree::Tree;

/// What came of one look at one file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is as it should be.
    Good,
    /// The tool takes it, and says something.
    Remark(String),
    /// It is not.
    Bad(String),
    /// Nobody looked: this tool, of this version or for this user, cannot.
    Cannot(String),
    /// Nobody looked: the tool is not on PATH.
    Missing,
}

/// A verdict, with whom it is about.
#[derive(Debug)]
pub struct Finding {
    /// The node; `None` for the tree as a whole.
    pub node: Option<String>,
    /// Who looked.
    pub tool: &'static str,
    /// At what, relative to the node's directory.
    pub what: String,
    /// What came of it.
    pub verdict: Verdict,
}

/// The tools that look.
const TOOLS: [&str; 7] =
    ["butane", "ct", "ignition-apply", "ignition-validate", "openssl", "systemd-analyze", "xorriso"];

/// What every look needs, and where verdicts go.
struct Look<'a> {
    tree: &'a Tree,
    tools: BTreeMap<&'static str, PathBuf>,
    node: Option<String>,
    tell: &'a mut dyn FnMut(Finding),
}

impl Look<'_> {
    fn tell(&mut self, tool: &'static str, what: &str, verdict: Verdict) {
        (self.tell)(Finding { node: self.node.clone(), tool, what: what.to_owned(), verdict });
    }

    /// Lets a tool look, in a directory of its own.
    fn by(
        &mut self,
        tool: &'static str,
        what: &str,
        look: impl FnOnce(&Path, &Scratch) -> io::Result<Verdict>,
    ) -> io::Result<()> {
        let verdict = match self.tools.get(tool) {
            Some(program) => look(program, &Scratch::new(tool)?)?,
            None => Verdict::Missing,
        };
        self.tell(tool, what, verdict);
        Ok(())
    }

    /// The content of a file of the node that may be there.
    fn read(&mut self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let path = format!("{}/{name}", self.node.as_deref().unwrap_or_default());
        match self.tree.read(Path::new(&path)) {
            Ok(content) => Ok(content),
            // Said of every such file by the look at the sums.
            Err(tree::Refused::Odd) => Ok(None),
            Err(tree::Refused::Io(error)) => Err(error),
        }
    }
}

/// Has every tool on PATH look at the media in `dir`, and tells each verdict as it comes.
///
/// # Errors
/// When `dir` cannot be read, holds no media of a node, or no scratch file can be written.
pub fn verify(dir: &Path, tell: &mut dyn FnMut(Finding)) -> io::Result<()> {
    let tree = Tree::read_in(dir)?;
    let nodes = tree.nodes();
    if nodes.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "it holds no media of a node"));
    }
    let tools = TOOLS.into_iter().filter_map(|tool| Some((tool, super::find(tool, "").ok()?))).collect();
    let mut look = Look { tree: &tree, tools, node: None, tell };
    sums::look(&mut look)?;
    for node in nodes {
        look.node = Some(node);
        let config = look.read("config.json")?;
        let install = look.read("install.json")?;
        config::look(&mut look, config.as_deref())?;
        images::look(&mut look, config.as_deref(), install.as_deref())?;
        for (name, json) in [("config.json", config), ("install.json", install)] {
            if let Some(json) = json {
                units::look(&mut look, name, &json)?;
            }
        }
        certificates::look(&mut look)?;
    }
    Ok(())
}
