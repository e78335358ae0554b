//! The texts of keys and certificates, by the names of their files.

use crate::cluster::Node;
use crate::report::Report;
use std::borrow::Cow;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The keys and certificates that the media of a node are made with.
pub struct Keys(Option<BTreeMap<String, Zeroizing<String>>>);

impl Keys {
    /// Name of a file in the directory of keys -> its text.
    pub fn new(texts: BTreeMap<String, Zeroizing<String>>) -> Self {
        Self(Some(texts))
    }

    /// In place of each text one that says what it stands for: to see what would be made, without a secret.
    pub fn placeholders() -> Self {
        Self(None)
    }

    /// The text of a file, if it is there.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match &self.0 {
            Some(texts) => texts.get(name).map(|text| Cow::Borrowed(text.as_str())),
            None => Some(Cow::Owned(placeholder(name))),
        }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().flat_map(BTreeMap::keys)).finish()
    }
}

/// Where the keys and certificates of a cluster come from, each found to be as the cluster needs it.
pub trait KeySource: Sync {
    /// Those of the whole cluster.
    fn shared(&self) -> Keys;

    /// Those that the media of a node are made with.
    ///
    /// # Errors
    /// Everything that is missing or wrong.
    fn of(&self, node: &Node) -> Result<Keys, Report>;
}

/// Words in place of keys: to see what would be made, without a secret.
#[derive(Clone, Copy, Debug)]
pub struct Placeholders;

impl KeySource for Placeholders {
    fn shared(&self) -> Keys {
        Keys::placeholders()
    }

    fn of(&self, _: &Node) -> Result<Keys, Report> {
        Ok(Keys::placeholders())
    }
}

/// Such that whatever reads the text finds what it expects there.
fn placeholder(name: &str) -> String {
    match name {
        super::BOOTSTRAP_TOKEN => "abcdef.0123456789abcdef\n2000-01-01T00:00:00Z\n".to_owned(),
        super::ENCRYPTION_KEYS => format!("{}=\n", "A".repeat(43)),
        _ => format!("<{name}>\n"),
    }
}
