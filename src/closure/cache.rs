//! Texts that many machines share -> what they say, each read once.

use super::document::Document;
use super::unit::{Setting, settings};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What was read of the machines so far. One a thread; any machine may be checked with any cache.
#[derive(Debug, Default)]
pub struct Cache {
    documents: BTreeMap<Vec<u8>, Option<Rc<Document>>>,
    units: BTreeMap<String, Rc<Vec<Setting>>>,
}

/// How many texts are kept. Machines are nearly equal, so few texts come back; those that are each machine's own would
/// fill the memory.
const KEPT: usize = 256;

impl Cache {
    /// A file in YAML or JSON with a `kind`; `None` for other files.
    pub(super) fn document(&mut self, content: &[u8]) -> Option<Rc<Document>> {
        // Most files are nothing of the kind, and parsing is the dear part.
        if !content.windows(4).any(|word| word == b"kind") {
            return None;
        }
        if let Some(known) = self.documents.get(content) {
            return known.clone();
        }
        if self.documents.len() >= KEPT {
            self.documents.clear();
        }
        let read = Document::of(content).map(Rc::new);
        self.documents.insert(content.to_vec(), read.clone());
        read
    }

    /// The text of a unit or drop-in.
    pub(super) fn unit(&mut self, text: &str) -> Rc<Vec<Setting>> {
        if let Some(known) = self.units.get(text) {
            return known.clone();
        }
        if self.units.len() >= KEPT {
            self.units.clear();
        }
        let read = Rc::new(settings(text));
        self.units.insert(text.to_owned(), read.clone());
        read
    }
}
